"""What a handler is given: the services of the application, and one turn of a conversation."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from random import Random, SystemRandom
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from telegram import Bot, CallbackQuery, Message, Update
from telegram.constants import ChatType

from digest.audience import Circle
from digest.links import Quota
from digest.model import Brief, Lang, PreparedPhoto, SourceSpec, Subscriber, Subscription
from digest.pictures import Picture
from digest.render import Links, Rendering
from digest.sources.lists import FeedList
from digest.sources.trial import Refusal, Refused, Trial
from digest.taxonomy import Taxonomy
from digest.texts import Texts, texts_for
from digest.trendpictures import TrendPicture
from handlers.admin.posting.albums import Albums
from handlers.admission import Access, circle_of
from handlers.shared import Rendered, Shared
from handlers.short_memory import ShortMemory
from handlers.staff import Staff
from handlers.standing import Standing
from storage import Storage, staff_actor


class SourceTrial(Protocol):
    """Whoever tries what an editor typed as a source (bot/jobs/discovering.py). Never raises."""

    async def __call__(self, words: str) -> Trial:
        """What `words` are: an address, a channel, a repository, a query and so on."""

    async def preview(self, spec: SourceSpec) -> Trial:
        """The entries that this very spec brings, with its own recipe and headers."""


class _NoTrial:
    """In a process that fetches nothing."""

    async def __call__(self, words: str) -> Trial:
        return Trial(words, refusal=Refusal(Refused.UNAVAILABLE))

    async def preview(self, spec: SourceSpec) -> Trial:
        return Trial(spec.url, refusal=Refusal(Refused.UNAVAILABLE))


@dataclass(frozen=True, slots=True)
class PolledNow:
    """What a poll that somebody asked for brought: new entries, or the PollFailure's code."""

    new: int
    error: str = ""


class SourceWork(Protocol):
    """Whoever tries drafts and imports of sources that are kept in storage.

    See handlers/admin/sources/work.py.
    """

    def wake(self) -> None:
        """A draft or an import waits."""

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something aside; it is dropped when the process ends."""

    def poll(self, source_id: int) -> Awaitable[PolledNow | None]:
        """Poll a source at once; None when this process does not poll: it is due then."""

    def fetch(self, url: str) -> Awaitable[bytes]:
        """A file at an address. Raises SourceError."""

    def read(self, body: bytes) -> Awaitable[FeedList]:
        """The sources that a file names, read apart from us. Raises ListError."""


class LinkWork(Protocol):
    """Whoever reads the links that are kept in storage (handlers/linkdesk.py)."""

    def wake(self) -> None:
        """A link waits."""

    def stop(self, link_id: int) -> None:
        """A link is not wanted any more."""


class Paint(Protocol):
    """Whoever draws pictures of numbers and trends (bot/pictures)."""

    async def png(self, picture: Picture | TrendPicture, *, dark: bool = False) -> bytes:
        """The picture as PNG. Raises HexinError when it could not be drawn."""


PreparePhoto = Callable[[bytes], Awaitable[PreparedPhoto]]
"""Makes a picture anew from what somebody sent; raises PhotoError."""


class Rewriting(Protocol):
    """Whoever has a model write signals anew (bot/jobs/enriching.py)."""

    @property
    def available(self) -> bool:
        """Whether a model is configured."""

    async def rewrite(self, signal_id: int) -> Brief | None:
        """A new brief that holds against the article; None when none came of it."""


class _NoRewriting:
    available = False

    async def rewrite(self, signal_id: int) -> Brief | None:  # noqa: ARG002  the port's signature
        return None


@dataclass(frozen=True, slots=True)
class Services:
    """Everything handlers need, made once when the application is assembled.

    `wake_sender` tells the sender that deliveries wait; `admins` are the user ids of those
    whom the settings make owners; `sandbox` says that people chat in the local sandbox instead of
    Telegram; `zone` is the time zone of new readers until they choose one; `untranslated` says
    whether nothing puts foreign articles into Chinese at the moment: models are installed while
    we run; `standing`
    knows who administers which chat; `app_url` is where the Mini App opens, "" when it cannot;
    `dice` draw what is left to chance;
    `access` says whom the bot answers; `wake_corrector` tells what amends messages that a signal
    has changed; `rewriting` has signals written anew;
    `paint` draws pictures of numbers, None where none can;
    `links_read` reads the links that people send, as many as `quota` allows; None where none can;
    `send_rate` is how many messages a second go out;
    `prepare_photo` makes pictures for posts, None where none are taken; `albums` are those of
    which one was taken;
    `source_trial` tries what editors would add as a source, `source_work` does so for what they
    keep in storage (None where nothing can be tried).
    """

    storage: Storage
    taxonomy: Taxonomy
    links: Links
    clock: Callable[[], datetime]
    wake_sender: Callable[[], None]
    admins: frozenset[int] = frozenset()
    sandbox: bool = False
    version: str = ""
    zone: str = "Asia/Shanghai"
    untranslated: Callable[[], bool] = lambda: False
    standing: Standing = field(default_factory=Standing)
    app_url: str = ""
    dice: Random = field(default_factory=SystemRandom)
    memory: ShortMemory = field(default_factory=ShortMemory)
    shared: Shared = field(default_factory=Shared)
    rendered: Rendered = field(default_factory=Rendered)
    links_read: LinkWork | None = None
    paint: Paint | None = None
    prepare_photo: PreparePhoto | None = None
    albums: Albums = field(default_factory=Albums)
    quota: Quota = field(default_factory=Quota)
    source_trial: SourceTrial = field(default_factory=_NoTrial)
    source_work: SourceWork | None = None
    access: Access = field(default_factory=Access)
    wake_corrector: Callable[[], None] = lambda: None
    rewriting: Rewriting = field(default_factory=_NoRewriting)
    send_rate: float = 28.0

    async def circle(self) -> Circle:
        """Whom the bot may write to at all."""
        return circle_of(self.access, self.zone, await self.staff.roles())

    @property
    def staff(self) -> Staff:
        """Who works on the editors' side, and where."""
        return Staff(self.storage.staff, self.admins)


def rendering_for(services: Services, subscriber: Subscriber, now: datetime) -> Rendering:
    """How signals are shown to a reader."""
    return Rendering(
        links=services.links,
        texts=texts_for(subscriber.lang),
        taxonomy=services.taxonomy,
        zone=subscriber.subscription.zone,
        now=now,
        layout=subscriber.subscription.wishes.layout,
        wording=subscriber.subscription.wishes.wording,
    )


class InChat:
    """What follows from a chat at one moment."""

    __slots__ = ()

    services: Services
    subscriber: Subscriber
    now: datetime

    @property
    def storage(self) -> Storage:
        """Where everything is kept."""
        return self.services.storage

    @property
    def taxonomy(self) -> Taxonomy:
        """The columns and topics."""
        return self.services.taxonomy

    @property
    def lang(self) -> Lang:
        """The language this chat is answered in."""
        return self.subscriber.lang

    @property
    def texts(self) -> Texts:
        """The catalogue of this chat's language."""
        return texts_for(self.subscriber.lang)

    @property
    def subscription(self) -> Subscription:
        """What this chat wants, and when."""
        return self.subscriber.subscription

    @property
    def today(self) -> date:
        """The day it is where this chat is."""
        return self.now.astimezone(ZoneInfo(self.subscription.zone)).date()

    @property
    def rendering(self) -> Rendering:
        """How signals are shown in this chat."""
        return rendering_for(self.services, self.subscriber, self.now)


@dataclass(slots=True)
class Turn(InChat):
    """One thing that one person said or tapped, and the chat it happened in.

    `words` is what was typed after the command (or the whole text); `now` is the moment of the
    turn; `answered` says whether a tapped button has stopped spinning.
    """

    services: Services
    bot: Bot
    update: Update
    subscriber: Subscriber
    now: datetime
    words: str = ""
    answered: bool = field(default=False)

    @property
    def query(self) -> CallbackQuery | None:
        """The tapped button, None when something was typed."""
        return self.update.callback_query

    @property
    def message(self) -> Message | None:
        """The message that was typed, or that carries the tapped button when still in reach."""
        return self.update.effective_message

    @property
    def user_id(self) -> int:
        """Who spoke; 0 for a channel speaking in its own name."""
        return self.update.effective_user.id if self.update.effective_user else 0

    @property
    def actor(self) -> str:
        """How the audit names whoever spoke."""
        return staff_actor(self.user_id)

    @property
    def is_private(self) -> bool:
        """Whether the person is alone with the bot."""
        chat = self.update.effective_chat
        return chat is not None and chat.type == ChatType.PRIVATE

    @property
    def is_channel(self) -> bool:
        """Whether this is a channel: many read it, and what the bot says there all of them see."""
        chat = self.update.effective_chat
        return chat is not None and chat.type == ChatType.CHANNEL

    @property
    def speaks_as_chat(self) -> bool:
        """Whether something was typed in the name of a group or channel, not in a person's."""
        return self.query is None and self.message is not None and bool(self.message.sender_chat)

    def learn(self, *, lang: Lang | None = None, subscription: Subscription | None = None) -> None:
        """Remember for the rest of this turn what was just saved."""
        self.subscriber = replace(
            self.subscriber,
            lang=lang or self.subscriber.lang,
            subscription=subscription or self.subscriber.subscription,
        )
