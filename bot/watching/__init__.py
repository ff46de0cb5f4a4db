"""Watching the process run: what waits, how late the loop is, whether all is well."""
