"""Weekly reports: what is chosen for a week and kept, what editors change of it, how it opens."""
