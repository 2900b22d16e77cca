"""Logplex: from the bytes of dynos to the readers of logs."""
