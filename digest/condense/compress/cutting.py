"""Deleting a part of a sentence safely, in any language."""

from collections.abc import Callable

from digest.regexes import regex

Guard = Callable[[str], bool]
"""Whether a part of the sentence says something that must stay."""

_OPENING = "（(【[《「『“‘"
_CLOSING = "）)】]》」』”’"
_PARTNER = dict(zip(_CLOSING, _OPENING, strict=True))
_NUMBER = regex(r"\d+(?:[.,:]\d+)*")
_WORD_LETTER = regex(r"[A-Za-z0-9\u00c0-\u024f]")
_SHORT_FORM = regex(r"[A-Z][\w.-]{1,11}$")
_APOSTROPHE = regex(r"(?<=\w)’(?=\w)|(?<=s)’(?=\s)")


def balanced(text: str) -> bool:
    """Whether every bracket and quotation mark of `text` has its other half, well nested."""
    stack: list[str] = []
    for letter in _APOSTROPHE.sub("", text):
        if letter in _OPENING:
            stack.append(letter)
        elif letter in _PARTNER and (not stack or stack.pop() != _PARTNER[letter]):
            return False
    return not stack and text.count('"') % 2 == 0


def numbers(text: str) -> frozenset[str]:
    """The digits of `text`, number by number, without the separators of thousands."""
    return frozenset(found.replace(",", "") for found in _NUMBER.findall(text))


def cut(text: str, start: int, end: int, *, keep: Guard, title: str) -> str:
    """`text` without `text[start:end]`, or `text` itself where that part has to stay."""
    part, before, after = text[start:end], text[:start], text[end:]
    if keep(part) or numbers(part) & numbers(title) or not balanced(part):
        return text
    if _WORD_LETTER.match(before[-1:]) and _WORD_LETTER.match(after[:1]):
        return text
    if not numbers(before + " " + after) <= numbers(text):
        return text
    return before + after


def used_again(inside: str, before: str, after: str) -> bool:
    """Whether the sentence needs the short form that a bracket gives ("(NPU) … the NPU")."""
    return bool(_SHORT_FORM.match(inside)) and (inside in after or inside in before)
