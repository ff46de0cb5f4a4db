"""Whether one translated sentence may be shown.

Form first (something there, in the right language, no markup, no endless repetition), then
数字与名称核对 by `digest.verify`. What fails is shown in the original, marked.
"""

import re
from collections import Counter
from dataclasses import dataclass

from digest.modeltier.fencing import tells_of_the_task
from digest.modeltier.wording import adds_link, adds_number_to_call, is_promotion
from digest.regexes import regex
from digest.text.language import detect_language
from digest.verify import Finding, check_translation
from digest.verify.meaning import Encoder
from digest.verify.unsaid import unsaid

_UNDERSTOOD = frozenset({"zh", "en"})
_VERBATIM = regex(r"https?://[^\s，。；）]+|(?<![\w.+\-])[\w.+\-]++@[\w\-]+\.[\w.\-]+")
_ADDRESS = regex(
    r"(?:https?://|www\.)[\w.\-]+|(?<![\w.+\-])[\w.+\-]++@[\w\-]+\.[\w\-]+",
    re.ASCII | re.IGNORECASE,
)
_TAG = regex(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|&(?:#\d+|#x[0-9a-fA-F]+|[a-z]{2,6});")
# Of answers that are more than the line that was asked for.
_FRAMES = ("```", '{"', "<|", "](")
_NAME = regex(r"(?<![A-Za-z])(?:[A-Z][a-z]{2,}|[a-z]+[A-Z])[A-Za-z0-9-]*")
_HAN = regex(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = regex(r"[\u3041-\u3096\u30a1-\u30fa]")
_HANGUL = regex(r"[\uac00-\ud7a3]")
_RUNNING = regex(r"\b[a-zà-öø-ÿ]{2,}\b")
_RUNS_ON = 8  # running Latin words that a Chinese sentence may hold for each of its characters …
_MOST_RUNNING = 12  # … and in all, before it counts as not translated
_DETECTABLE = 60  # letters from which the statistical guess on a Latin script is good
_LONGEST_ZH = 2  # times the length of an original that is not Chinese
_LONGEST = 4  # times the original's length, plus the allowance below
_ALLOWANCE = 80
_SPELLED_OUT = 24  # numbers that an original may write as words
_DIGITS = regex(r"\d+")
# Of which an appeal may be the translation; in other languages than English nobody looks.
_APPEAL = regex(
    r"[^\x00-\u024f\u2000-\u2fff]|\b(?:scan|qr\b|code|click|tap\b|press|download|subscri|follow|join"
    r"|call|buy|order|regist|sign|log|visit|access|immediate|instant|please|hurry|rush|miss|free|claim"
    r"|invit|contact|wechat|weixin|message|dm\b|shar|forward|retweet|vote|transfer|send|wallet|hotline"
    r"|helpline|discount|coupon|don['’]t|let['’]s|everyone)",
    re.IGNORECASE,
)
_GRAM = 4
_REPEATS = 4


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome for one sentence. `reason` is "" when it may be shown.

    Reasons: "empty", "long", "markup", "verbatim" (an address was changed or added), "language",
    "repeats", "task" (it speaks of what the translator was asked), or the kind of a finding
    ("number", "name", "quote", "direction" …), or "unsaid" (a stretch of it is in the original
    nowhere). `compared` counts numbers and names that were looked up.
    """

    reason: str = ""
    findings: tuple[Finding, ...] = ()
    compared: int = 0

    @property
    def accepted(self) -> bool:
        """Whether the translation may be shown."""
        return not self.reason


def judge(
    original: str, translated: str, *, source: str, target: str, encoder: Encoder | None = None
) -> Judgement:
    """Compare a translation with its original. Never raises, whatever the engine answered.

    `encoder` finds more of what the original says nowhere, and is asked only where words alone
    leave a doubt.
    """
    reason = malformed(original, translated, target)
    if reason:
        return Judgement(reason)
    if target in _UNDERSTOOD:
        findings = check_translation(original, translated, source=source, target=target)
    else:
        findings = _digits(original, translated)
    wrong = [finding for finding in findings if not finding.holds]
    reason = wrong[0].kind if wrong else ""
    if not reason and unsaid(original, translated, source, target, encoder):
        reason = "unsaid"
    return Judgement(reason, findings, len(findings))


def _digits(original: str, translated: str) -> tuple[Finding, ...]:
    """Digits alone, for languages whose numbers and names nobody here reads."""
    there = Counter(_DIGITS.findall(translated))
    return tuple(
        Finding("number", digits, "found" if there[digits] else "missing")
        for digits in dict.fromkeys(_DIGITS.findall(original))
    )


def malformed(original: str, translated: str, target: str) -> str:
    """What is wrong with a translation at first sight (a reason of `Judgement`), "" if nothing."""
    if not translated.strip():
        return "empty"
    longest = _LONGEST_ZH if target == "zh" and not _HAN.search(original) else _LONGEST
    if len(translated) > longest * len(original) + _ALLOWANCE:
        return "long"
    added = next((reason for reason, is_so in _ADDED if is_so(original, translated)), "")
    if added:
        return added
    if not is_in(translated, target):
        return "language"
    if _repeats(translated) and not _repeats(original):
        return "repeats"
    return ""


def _too_many_digits(original: str, translated: str) -> bool:
    told = len(_DIGITS.findall(original))
    return len(_DIGITS.findall(translated)) > 2 * told + _SPELLED_OUT


def _framed(original: str, translated: str) -> bool:
    """Whether tags, code fences or JSON came along."""
    if Counter(_TAG.findall(translated)) - Counter(_TAG.findall(original)):
        return True
    return any(frame in translated and frame not in original for frame in _FRAMES)


def _is_of_another(original: str, translated: str) -> bool:
    """Whether none of the Latin names of a Chinese text is left in a Latin one."""
    if not _HAN.search(original) or _HAN.search(translated):
        return False
    names = _NAME.findall(original)
    small = translated.casefold()
    return bool(names) and not any(name.casefold() in small for name in names)


def _addresses_differ(original: str, translated: str) -> bool:
    """Whether an address of the original is missing, or one is there that it does not have."""
    if any(part not in original for part in _ADDRESS.findall(translated)):
        return True
    if adds_link(translated, original):
        return True
    return any(part.rstrip(".,;:!?)") not in translated for part in _VERBATIM.findall(original))


def _appeals(original: str, translated: str) -> bool:
    """Whether it appeals to the reader although nothing of the original may be an appeal."""
    return is_promotion(translated, original) and not _APPEAL.search(original)


# What a translation brings that its original has not, by the reason to refuse it.
_ADDED = (
    ("number", _too_many_digits),
    ("number", lambda original, translated: adds_number_to_call(translated, original)),
    ("markup", _framed),
    ("verbatim", _addresses_differ),
    ("unsaid", _appeals),
    ("task", lambda original, translated: tells_of_the_task(translated, original)),
    ("name", _is_of_another),
)


def is_in(text: str, target: str) -> bool:
    """Whether `text` is in the language `target`; a few names and numbers count as any."""
    letters = sum(1 for letter in text if letter.isalpha())
    if target == "zh":
        return _is_chinese(text)
    if _HAN.search(text) or _KANA.search(text) or _HANGUL.search(text):
        foreign = len(_HAN.findall(text)) + len(_KANA.findall(text)) + len(_HANGUL.findall(text))
        if target not in {"ja", "ko"} and foreign * 3 > letters:
            return False
    if letters < _DETECTABLE:
        return True
    return detect_language(text) in {target, ""}


def _is_chinese(text: str) -> bool:
    han = len(_HAN.findall(text))
    if len(_KANA.findall(text)) * 4 > han or len(_HANGUL.findall(text)) * 4 > han:
        return False
    running = len(_RUNNING.findall(text))
    if not han:
        return not running
    return running <= _MOST_RUNNING and running <= _RUNS_ON * han


def _repeats(text: str) -> bool:
    """Whether a run of a few words (or characters of Chinese) comes again and again."""
    units = _HAN.findall(text) if _HAN.search(text) else re.findall(r"\w+", text.lower())
    size = _GRAM * 2 if _HAN.search(text) else _GRAM
    grams = Counter(tuple(units[at : at + size]) for at in range(len(units) - size + 1))
    return bool(grams) and grams.most_common(1)[0][1] >= _REPEATS
