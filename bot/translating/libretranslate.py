"""LibreTranslate: `POST /translate`, one's own server or a hosted one."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.translating.port import TranslationUnavailable, Trouble
from bot.translating.wire import Answer, Wire, texts_in
from digest.translation import batches, shield, unshield

# Servers limit batches and characters per request as they like; these stay below usual limits.
_BATCH = 20
_BATCH_BYTES = 5_000
_BAD_REQUEST, _FORBIDDEN = 400, 403


class LibreTranslate:
    """An engine of the port; `key` is "" where the server wants none."""

    def __init__(self, wire: Wire, key: str = "") -> None:
        self._wire = wire
        self._key = key

    @property
    def name(self) -> str:
        """As pages name it."""
        return "libretranslate"

    def covers(self, source: str, target: str) -> bool:
        """The server knows; it is asked by trying."""
        return source != target

    def label(self, source: str, target: str) -> str:  # noqa: ARG002  the port's signature
        """As pages name it, whatever the pair."""
        return self.name

    def edition(self, source: str, target: str) -> str:  # noqa: ARG002  the port's signature
        """A server does not say what it runs."""
        return ""

    async def translate(self, sentences: Sequence[str], *, source: str, target: str) -> list[str]:
        """See the port."""
        shielded = [shield(sentence) for sentence in sentences]
        told = await self._told([text for text, _ in shielded], source, target)
        if len(told) != len(sentences):
            return told
        return [unshield(text, parts) for text, (_, parts) in zip(told, shielded, strict=True)]

    async def _told(self, sentences: Sequence[str], source: str, target: str) -> list[str]:
        told: list[str] = []
        for batch in batches(sentences, most=_BATCH, size=_BATCH_BYTES):
            body: dict[str, Any] = {
                "q": [sentences[place] for place in batch],
                "source": source,
                "target": target,
                "format": "text",
            }
            if self._key:
                body["api_key"] = self._key
            answer = await self._wire.send("POST", "/translate", body)
            found = _texts(answer)
            if len(found) != len(batch):
                # Which sentence is missing cannot be told, so the whole is of no use.
                return [*told, *found]
            told += found
        return told

    async def close(self) -> None:
        """End the session."""
        await self._wire.close()


def _texts(answer: Answer) -> list[str]:
    if answer.status == _FORBIDDEN:
        raise TranslationUnavailable(Trouble.KEY, answer.message("error"))
    if answer.status == _BAD_REQUEST:
        said = answer.message("error")
        unknown = "not supported" in said or "not available" in said
        raise TranslationUnavailable(Trouble.PAIR if unknown else Trouble.ANSWER, said)
    if answer.status != 200 or not isinstance(answer.data, Mapping):  # noqa: PLR2004  OK
        raise TranslationUnavailable(Trouble.ANSWER, answer.message("error"))
    return texts_in(answer.data.get("translatedText"))
