"""The domain: what a signal is and how one is made. No Telegram, HTTP, database or clock here."""
