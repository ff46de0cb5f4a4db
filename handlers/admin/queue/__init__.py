"""/queue: what waits for an editor, card by card or many at once."""
