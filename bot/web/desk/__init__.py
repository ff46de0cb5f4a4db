"""The staff's own pages below /desk: opened by a personal link of the bot, there for nobody else.

A page is a row in `pages.PAGES` with a handler, which answers by `frame.desk_page`, and a template
that extends desk.html.
"""
