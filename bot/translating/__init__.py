"""Translation in the running bot: one port, several engines, and the service that uses one."""

from bot.translating.making import make_translator
from bot.translating.port import (
    SentenceCache,
    TranslationUnavailable,
    Translator,
    Trouble,
)
from bot.translating.service import Examined, Translating

__all__ = [
    "Examined",
    "SentenceCache",
    "Translating",
    "TranslationUnavailable",
    "Translator",
    "Trouble",
    "make_translator",
]
