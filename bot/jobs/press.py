"""What a planned digest looks like: rendered once for all readers of one kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.clock import Clock
from digest.blocks import Look
from digest.model import Action, Lang, Message, Wishes
from digest.render import Entries, Links, Rendering, message_body
from digest.taxonomy import Taxonomy
from digest.texts import texts_for


@dataclass(frozen=True, slots=True)
class Press:
    """Renders for readers of one language, zone, layout and wording.

    `pack` makes a button's callback data; `entries` is what digests have in common.
    """

    taxonomy: Taxonomy
    links: Links
    clock: Clock
    pack: Callable[[Action], str]
    entries: Entries = field(default_factory=Entries)

    def rendering(self, wishes: Wishes, zone: str) -> Rendering:
        """How readers with these wishes in this zone see signals."""
        return Rendering(
            self.links,
            texts_for(wishes.lang),
            self.taxonomy,
            zone,
            self.clock(),
            layout=wishes.layout,
            wording=wishes.wording,
        )

    def rendering_as(self, lang: Lang, look: Look) -> Rendering:
        """How readers of `lang` saw what was rendered with this look."""
        return Rendering(
            self.links,
            texts_for(lang),
            self.taxonomy,
            look.zone,
            look.now,
            layout=look.layout,
            wording=look.wording,
        )

    def bodies(self, messages: Sequence[Message]) -> list[dict[str, Any]]:
        """The messages as Telegram takes them."""
        return [message_body(message, self.pack) for message in messages]
