"""The `hk-local` command."""
