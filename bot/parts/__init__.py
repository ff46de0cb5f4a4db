"""The parts of one process, each brought up by one object; bot/runtime.py puts them together."""
