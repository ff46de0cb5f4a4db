"""From the outbox to Telegram: pacing, transport, sending, settling."""
