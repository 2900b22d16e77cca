"""How the Heroku CLI comes to the terminal of a one-off: a TLS connection and a secret.

Source: Heroku CLI 11, @heroku/heroku-cli-util, rendezvous.
"""
