"""One dyno's life: the machine that decides it, the runner that does it."""
