"""hk-local against other process managers, all in one run: `python -m benchmarks`."""
