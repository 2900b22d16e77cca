"""hk-local: a local Heroku. One Procfile app runs as dynos, under Heroku's process model."""

__version__ = "0.1.0"
