"""The tables and the questions asked of them, alike on SQLite and PostgreSQL."""
