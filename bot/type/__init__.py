"""Letters for what we draw ourselves: the face that comes with us, and how lines are broken."""
