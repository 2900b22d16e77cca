"""Code becomes a slug: a folder of files that never changes, named by what is in it."""
