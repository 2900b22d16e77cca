"""The single writer: commands and reports in, events and orders out."""
