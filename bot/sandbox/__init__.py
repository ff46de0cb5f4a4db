"""A local, strict Bot API server with a chat page and a sample newsroom: no account needed."""
