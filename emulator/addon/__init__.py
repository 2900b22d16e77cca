"""Add-ons: what can be had, what each one promises, and the servers that keep the promise."""
