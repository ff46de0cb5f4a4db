"""The Mini App: collections and settings as pages inside Telegram, under /app.

The same pages in the same dress as all others, rendered here; a small script of our own carries
them (static/app.js), for a Mini App learns who opened it from the address's fragment, which no
server sees. Telegram's own script would come from elsewhere, which our policy forbids; what it
does is a documented exchange of messages, of which we need little.
"""
