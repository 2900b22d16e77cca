# With it a SIGTERM breaks the job off, to be tried again. Without it the worker waits for the job.
Delayed::Worker.raise_signal_exceptions = :term if ENV["RECIPE"] == "delayed-right"
