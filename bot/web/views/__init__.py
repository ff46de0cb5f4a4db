"""What each page shows, worked out before any HTML: pure functions from domain values."""
