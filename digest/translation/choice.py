"""What is worth translating at all."""

from digest.regexes import regex
from digest.text.language import detect_language

# What may be long is begun at its start only, never from each of its letters.
_URL = regex(
    r"(?:https?://|www\.)\S+|(?<!\S)[^\s@]++@[^\s.]++\.\S+"
    r"|(?<![\w.\-])[\w.\-]+\.(?:com|org|net|io|dev|ai|cn)\b\S*"
)
# Flags, paths, calls, assignments, snake and camel case: code, not words.
_CODE = regex(
    r"`[^`]*`|(?<!\w)--?\w[\w\-]*|(?:(?<!\w)\w+)?[_\\/{}<>=$]\S*|(?<!\w)\w++\([^)]{0,400}\)"
    r"|\b[a-z]++[A-Z]\w*|(?:(?<!\S)\S+)?::\S*"
)
_PROMPT = regex(r"^\s*(?:[$>#%]|>>>)\s*\S")
_WORD = regex(r"[^\W\d_]{2,}")
_RUNNING = regex(r"\b[a-zà-öø-ÿ]{2,}\b")
_CJK = regex(r"[\u3041-\u30fa\u3400-\u9fff\uac00-\ud7a3]")


def needs_translation(text: str, lang: str, target: str) -> bool:
    """Whether `text`, said to be in `lang`, should be translated for readers of `target`.

    Not when it is in their language already (whatever `lang` says) and not when it is no language:
    code, addresses, numbers, names alone.
    """
    if lang == target or not is_language(text):
        return False
    return detect_language(text, lang) != target


def is_language(text: str) -> bool:
    """Whether running words remain once code, addresses and numbers are taken out."""
    if _PROMPT.match(text):
        return False
    whole = _WORD.findall(text)
    rest = _CODE.sub(" ", _URL.sub(" ", text))
    if _CJK.search(rest):
        return True
    words = _WORD.findall(rest)
    if not words or len(words) * 3 < len(whole):
        return False
    # "Qwen-Image-2.0" and "GPT-5 Pro" are names; other scripts have no capitals to tell by.
    return bool(_RUNNING.search(rest)) or any(not word.isascii() for word in words)
