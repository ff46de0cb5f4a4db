"""The model tier as a translation engine (`bot.model.Model.translate`)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from bot.model.trouble import ModelTrouble
from bot.translating.port import TranslationUnavailable, Trouble
from digest.translation import Glossary

_TROUBLES = {
    "timeout": Trouble.TIMEOUT,
    "rate_limit": Trouble.BUSY,
    "connection": Trouble.CONNECT,
    "auth": Trouble.KEY,
    "no_credit": Trouble.QUOTA,
    # Today's own budget: it passes at midnight, so it is no fault of the engine's.
    "budget": Trouble.RESTING,
    "paused": Trouble.RESTING,
}


class TranslatingModel(Protocol):
    """What is used of a model (`bot.model.Model`)."""

    @property
    def name(self) -> str:
        """The model's name."""

    async def translate(
        self,
        sentences: Sequence[str],
        source: str,
        target: str,
        *,
        glossary: Mapping[str, str] | None = None,
    ) -> list[str]:
        """One for one, "" where it left one out. Raises ModelTrouble."""


class ModelTranslator:
    """An engine of the port. The model belongs to whoever made it and is not closed here."""

    def __init__(self, model: TranslatingModel, glossary: Glossary) -> None:
        self._model = model
        self._glossary = glossary

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def covers(self, source: str, target: str) -> bool:
        """A model is asked for any pair."""
        return source != target

    def label(self, source: str, target: str) -> str:  # noqa: ARG002  the port's signature
        """The model's name, whatever the pair."""
        return self.name

    def edition(self, source: str, target: str) -> str:  # noqa: ARG002  the port's signature
        """The name says it."""
        return ""

    async def translate(self, sentences: Sequence[str], *, source: str, target: str) -> list[str]:
        """See the port. The glossary's terms that occur go with the sentences."""
        terms = self._glossary.pairs("\n".join(sentences), source=source, target=target)
        try:
            return await self._model.translate(sentences, source, target, glossary=terms)
        except ModelTrouble as error:
            trouble = _TROUBLES.get(error.reason, Trouble.BROKEN)
            wait = timedelta(seconds=error.retry_after) if error.retry_after else None
            raise TranslationUnavailable(trouble, error.detail, retry_after=wait) from error

    async def close(self) -> None:
        """Nothing is held."""
