"""Signals: made once, with everything that hangs on them, in one transaction."""
