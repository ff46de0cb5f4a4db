"""Inputs that nobody thought of, for every parser: what each promises, searched for breaks."""
