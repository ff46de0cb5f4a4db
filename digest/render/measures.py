"""What a number measures, in the reader's language where it is called something there."""

from digest.agreement.claims import concept_of
from digest.model import Lang
from digest.texts import Texts
from digest.verify.support import is_chinese


def measure_words(measure: str, texts: Texts) -> str:
    """`measure` as the article says it, or by its usual name for readers of the other language.

    Only what is that and nothing more: 融资金额 is Funding, 首批订单的融资金额 stays.
    """
    if not measure or is_chinese(measure) == (texts.lang is Lang.ZH):
        return measure
    concept = concept_of(measure)
    return texts(f"measure.{concept}") if concept else measure
