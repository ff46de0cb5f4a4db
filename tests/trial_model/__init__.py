"""The model tier on a real, small model that runs on this machine's processor."""
