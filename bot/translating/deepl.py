"""DeepL: `POST /v2/translate` with the key in a header, and a glossary of our terms."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from bot.translating.port import TranslationUnavailable, Trouble
from bot.translating.wire import Answer, Wire
from digest.translation import Glossary, batches

log = logging.getLogger(__name__)

# The documented limits are 50 texts and 128 KiB for the whole request.
_BATCH = 50
_BATCH_BYTES = 60 * 1024  # escaped quotes and the rest of the body double it at worst
_BAD_REQUEST, _FORBIDDEN, _NOT_FOUND, _TOO_LARGE, _QUOTA = 400, 403, 404, 413, 456
# Targets with variants must name one.
_TARGETS = {"zh": "ZH-HANS", "en": "EN-US", "pt": "PT-BR"}


def deepl_url(key: str) -> str:
    """The API's address for a key: those of free accounts end in ":fx"."""
    return "https://api-free.deepl.com" if key.endswith(":fx") else "https://api.deepl.com"


class DeepL:
    """An engine of the port. `glossary` is stored in the account once and then used."""

    def __init__(self, wire: Wire, glossary: Glossary | None = None) -> None:
        self._wire = wire
        self._glossary = glossary
        self._glossary_ids: dict[tuple[str, str], str] = {}

    @property
    def name(self) -> str:
        """As pages name it."""
        return "deepl"

    def covers(self, source: str, target: str) -> bool:
        """DeepL knows; it is asked by trying."""
        return source != target

    def label(self, source: str, target: str) -> str:  # noqa: ARG002  the port's signature
        """As pages name it, whatever the pair."""
        return self.name

    def edition(self, source: str, target: str) -> str:  # noqa: ARG002  the port's signature
        """DeepL does not say what it runs."""
        return ""

    async def translate(self, sentences: Sequence[str], *, source: str, target: str) -> list[str]:
        """See the port."""
        told: list[str] = []
        glossary = await self._glossary_id(source, target)
        for batch in batches(sentences, most=_BATCH, size=_BATCH_BYTES):
            body: dict[str, Any] = {
                "text": [sentences[place] for place in batch],
                "source_lang": source.upper(),
                "target_lang": _TARGETS.get(target, target.upper()),
                "split_sentences": "0",  # each text is one sentence
            }
            if glossary:
                body["glossary_id"] = glossary
            answer = await self._wire.send("POST", "/v2/translate", body)
            if answer.status == _NOT_FOUND and glossary:
                # Somebody deleted it in the account: go on without.
                glossary = self._glossary_ids[source, target] = ""
                del body["glossary_id"]
                answer = await self._wire.send("POST", "/v2/translate", body)
            found = _texts(answer)
            told += found
            if len(found) != len(batch):
                return told
        return told

    async def close(self) -> None:
        """End the session."""
        await self._wire.close()

    async def _glossary_id(self, source: str, target: str) -> str:
        """The account's copy of our glossary, made when it is missing; "" where that fails."""
        pair = (source, target)
        entries = self._glossary.pairs(source=source, target=target) if self._glossary else {}
        if not entries or self._glossary is None:
            return ""
        if pair not in self._glossary_ids:
            name = f"hexin {source}-{target} {self._glossary.version}"
            try:
                found = await self._found_glossary(name) or await self._made_glossary(
                    name, pair, entries
                )
            except TranslationUnavailable as error:
                log.warning("DeepL takes no glossary (%s); translating without it", error)
                found = ""
            self._glossary_ids[pair] = found
        return self._glossary_ids[pair]

    async def _found_glossary(self, name: str) -> str:
        answer = await self._wire.send("GET", "/v3/glossaries")
        listed = answer.data.get("glossaries") if isinstance(answer.data, Mapping) else None
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, Mapping) and one.get("name") == name:
                return str(one.get("glossary_id") or "")
        return ""

    async def _made_glossary(
        self, name: str, pair: tuple[str, str], entries: Mapping[str, str]
    ) -> str:
        lines = "\n".join(f"{term}\t{zh}" for term, zh in entries.items())
        dictionary = {
            "source_lang": pair[0],
            "target_lang": pair[1],
            "entries": lines,
            "entries_format": "tsv",
        }
        body = {"name": name, "dictionaries": [dictionary]}
        answer = await self._wire.send("POST", "/v3/glossaries", body)
        if not isinstance(answer.data, Mapping) or not answer.data.get("glossary_id"):
            log.warning("DeepL makes no glossary: %s", answer.message("message", "detail"))
            return ""
        return str(answer.data["glossary_id"])


def _texts(answer: Answer) -> list[str]:
    said = answer.message("message", "detail")
    if answer.status == _FORBIDDEN:
        raise TranslationUnavailable(Trouble.KEY, said)
    if answer.status == _QUOTA:
        raise TranslationUnavailable(Trouble.QUOTA, said)
    if answer.status == _BAD_REQUEST and "_lang" in said:
        raise TranslationUnavailable(Trouble.PAIR, said)
    told = answer.data.get("translations") if isinstance(answer.data, Mapping) else None
    if answer.status != 200 or not isinstance(told, list):  # noqa: PLR2004  OK
        raise TranslationUnavailable(Trouble.ANSWER, said)
    texts = [one.get("text") if isinstance(one, Mapping) else None for one in told]
    return [text if isinstance(text, str) else "" for text in texts]
