"""The outbox under fire: the bot killed again and again while Telegram drops its connections."""
