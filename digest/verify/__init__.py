"""Does an article support a statement? 数字与名称核对, in both languages and across them.

Numbers with their units, names, quotations and directions are compared, without understanding: a
wrong subject may pass. It is a check of numbers and names, not of facts.
"""

from digest.text.language import detect_language
from digest.text.sentences import split_sentences
from digest.verify.findings import Finding, Support, Verdict, VerdictWord
from digest.verify.source import SourceText
from digest.verify.translation import check_translation

__all__ = [
    "Finding", "SourceText", "Support", "Verdict", "VerdictWord", "check_translation", "verify",
]  # fmt: skip


def verify(summary: str, article_text: str) -> Verdict:
    """Compare numbers, names, quotes and directions of `summary` with the text.

    Sentence numbers in the findings count through `article_text` as `split_sentences` cuts it,
    paragraph by paragraph. A summary without anything to compare is supported as far as this goes.
    """
    lang = detect_language(article_text)
    sentences = [
        sentence for line in article_text.splitlines() for sentence in split_sentences(line, lang)
    ]
    return SourceText(sentences, lang).check(summary)
