"""The picture that a shared link brings along, drawn by us."""

from bot.web.cards.card import VERSION, Card
from bot.web.cards.store import CardStore

__all__ = ["VERSION", "Card", "CardStore"]
