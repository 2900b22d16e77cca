"""The warden: a small process that forks one shim per launch, so that nothing outlives us.

It runs as `python -I -S` beside the emulator and imports nothing of it. A shim is the parent and
(on Linux) the subreaper of every process of one launch; it kills them all when its control pipe
closes, however that came about. So a killed emulator, or a killed warden, leaves no process.
"""
