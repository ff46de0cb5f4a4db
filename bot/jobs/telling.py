"""Tell the admins, once, that a source fell ill or came back."""

import logging
from collections.abc import Awaitable, Callable

from telegram.error import TelegramError

from digest.model import Lang, Source
from digest.sources.polling import PollDecision
from digest.texts import texts_for

log = logging.getLogger(__name__)


async def in_log(source: Source, decision: PollDecision) -> None:
    """For runs without a chat: the same news in the log."""
    log.warning("source %s: %s", source.spec.key, decision.outcome)


class Teller:
    """Writes to every admin's private chat. `say` sends one text to one chat."""

    def __init__(
        self, admins: frozenset[int], say: Callable[[int, str], Awaitable[None]], lang: Lang
    ) -> None:
        self._admins = admins
        self._say = say
        self._texts = texts_for(lang)

    async def __call__(self, source: Source, decision: PollDecision) -> None:
        """Tell everyone what became of `source`; a chat that cannot be reached is only logged."""
        await in_log(source, decision)
        key = "bot.source_back" if decision.recovered else "bot.source_sick"
        text = self._texts(
            key,
            title=source.spec.title,
            url=source.spec.url,
            reason=self._reason(decision),
        )
        for admin in self._admins:
            try:
                await self._say(admin, text)
            except TelegramError:  # an admin who blocked the bot must not stop polling
                log.warning("admin %s could not be told about %s", admin, source.spec.key)

    def _reason(self, decision: PollDecision) -> str:
        code = decision.poll.error_code or ""
        key = f"bot.reason_{code}"
        return self._texts(key) if self._texts.has(key) else code
