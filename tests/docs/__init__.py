"""Keeps the prose true: `make docs` rewrites what is generated, the tests compare."""
