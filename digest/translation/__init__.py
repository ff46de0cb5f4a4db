"""Translation, the part that needs no engine: what to translate, terms, pieces, checks, 繁→简."""

from digest.translation.check import Judgement, is_in, judge, malformed
from digest.translation.choice import is_language, needs_translation
from digest.translation.glossary import Glossary, Term, load_glossary
from digest.translation.pieces import batches, pieces, rejoined
from digest.translation.script import (
    in_simplified,
    is_traditional,
    simplified,
    simplified_article,
)
from digest.translation.verbatim import shield, unshield

__all__ = [
    "Glossary",
    "Judgement",
    "Term",
    "batches",
    "in_simplified",
    "is_in",
    "is_language",
    "is_traditional",
    "judge",
    "load_glossary",
    "malformed",
    "needs_translation",
    "pieces",
    "rejoined",
    "shield",
    "simplified",
    "simplified_article",
    "unshield",
]
