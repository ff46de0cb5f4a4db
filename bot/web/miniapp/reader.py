"""Whoever is in the app."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from telegram import Bot, Update

from digest.model import Subscriber
from digest.texts import Texts, texts_for
from handlers.context import Services, Turn


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever is in the app at this moment, and what they are to the bot."""

    subscriber: Subscriber
    services: Services
    now: datetime

    @property
    def texts(self) -> Texts:
        """The words of the reader's language."""
        return texts_for(self.subscriber.lang)


def turn_of(reader: Reader) -> Turn:
    """What the handlers' rules work on. Nothing is said in the chat here: there is no bot."""
    nothing = Update(0)
    return Turn(reader.services, cast("Bot", None), nothing, reader.subscriber, reader.now)
