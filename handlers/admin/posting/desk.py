"""What the cards of posts are made with: the place they are shown in, and its words."""

from dataclasses import dataclass
from datetime import datetime

from digest.model import Subscriber
from handlers.context import InChat, Services, Turn
from storage import Editor


@dataclass(frozen=True, slots=True)
class Desk(InChat):
    """The chat in which editors see a card, at one moment."""

    services: Services
    subscriber: Subscriber
    now: datetime

    @property
    def zone(self) -> str:
        """The time zone of this chat."""
        return self.subscriber.subscription.zone

    async def name_of(self, user_id: int) -> str:
        """Who made or changed a post."""
        if not user_id:
            return self.texts("chat.post.by_cli")
        member = await self.storage.staff.get(user_id)
        if member is not None:
            return member.name
        own = await self.storage.subscribers.by_chat(user_id, 0)
        return own.title if own else self.texts("chat.post.somebody")


def desk_of(turn: Turn) -> Desk:
    """The chat of a turn."""
    return Desk(turn.services, turn.subscriber, turn.now)


def editor_of(turn: Turn) -> Editor:
    """Whoever spoke, as storage notes it."""
    return Editor(turn.actor, turn.user_id, turn.now)
