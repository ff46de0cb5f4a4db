"""Server-rendered pages: one per signal, and the shelves that lead to them."""
