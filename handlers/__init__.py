"""What the bot answers in chat: parse arguments, ask storage, render, reply."""
