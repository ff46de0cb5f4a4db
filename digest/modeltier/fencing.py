"""Keeping the words of an article apart from ours: fences, and sentences that speak to a model."""

import re
import unicodedata
from collections.abc import Callable

from digest.regexes import regex

_TO_A_MODEL = regex(
    r"(?:ignore|disregard|forget|override)\s+(?:\w+\s+){0,3}"
    r"(?:previous|prior|above|earlier|preceding|your|all|the)\s+(?:\w+\s+){0,2}"
    r"(?:instructions?|prompts?|rules?|directions?|messages?)"
    r"|(?:system|developer)\s+(?:prompt|message)\s*[:：]"
    r"|you\s+are\s+(?:now\s+)?(?:a|an)\s+(?:\w+\s+){0,3}(?:assistant|ai|model|chatbot|language)"
    r"|(?:as|dear)\s+(?:an?\s+)?(?:ai|language)\s+(?:assistant|model|system)s?\s*[,，]"
    r"|\bdear\s+(?:ai|llm|assistant|chatbot|chatgpt|gpt)\s*[,，:：]"
    r"|\b(?:system|assistant|developer)\s*[:：,，]\s*(?:you|reply|respond|answer|output|write|print)\b"
    r"|\b(?:system|assistant|developer)\s*[:：]\s*say\b"
    r"|\bin\s+your\s+(?:summary|answer|response|reply|output|headline)\s*[,，]?\s+"
    r"(?:please\s+)?(?:mention|include|add|say|write|state|append|insert|put)\b"
    r"|\b(?:mention|include|add|say|write|append|insert|put)\b[^.!?]{0,120}\bin\s+your\s+"
    r"(?:summary|answer|response|reply|output|headline)\b"
    r"|(?:when|if)\s+(?:you\s+)?(?:are\s+)?summari[sz](?:e|ing)\s+this"
    r"|(?:忽略|[无無][视視]|忘[记記]|忘掉|不要理[会會])[^。！？]{0,12}"
    r"(?:指令|指示|提示[词詞]?|要求|[规規][则則]|[设設]定)"
    r"|\bignore[zr]\s+(?:\w+\s+){0,3}instructions\b|\boubliez\s+(?:\w+\s+){0,3}(?:instructions|consignes)\b"
    r"|\bignorier\w*\s+(?:\w+\s+){0,3}(?:anweisungen|instruktionen|vorgaben)\b"
    r"|\bignor[ae]n?\s+(?:\w+\s+){0,3}(?:instrucciones|instruções|istruzioni)\b"
    r"|\b(?:игнорируй|забудь)\w*\s+(?:\w+\s+){0,3}(?:инструкции|указания|правила)\b"
    r"|(?:指示|命令)[^。]{0,6}(?:無視し|忘れ)(?:て(?:ください|下さい|くれ)|ろ|よ)|지시[^.。]{0,8}(?:무시하|잊으)(?:세요|십시오|라)"
    r"|(?:系统|开发者)\s*(?:提示词?|消息|指令)\s*[:：]"
    r"|(?:你|您)(?:现在|从现在起)?是(?:一个|一名)?[^。！？]{0,8}(?:助手|模型|AI|人工智能)"
    r"|(?:请|务必)?在(?:你的)?(?:摘要|总结|标题|回答|输出)(?:的?(?:开头|结尾|末尾|最后|里|中))?"
    r"[^。！？]{0,4}(?:加上|写上|附上|输出|插入|注明)"
    r"|<\|im_(?:start|end)\|>|\[/?INST\]|<</?SYS>>",
    re.IGNORECASE,
)

# Letters of other scripts that look like Latin ones, as orders are spelt to slip through.
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТУХІЈЅ",
                            "aeopcyxijsdhlABEZHIKMNOPTYXABEKMHOPCTYXIJS")  # fmt: skip
_APART = regex(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
# Tags, selectors of variants, turns of direction, and letters without a width. Some languages and
# pictures need the two joiners.
_UNSEEN = regex(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SPACED = regex(r"(?<!\w)\w(?:[ \u00a0]\w){3,}(?!\w)")

# What only somebody who was talked into it says: our words to a model, what it is, keys.
_OF_THE_TASK = regex(
    r"system\s*(?:prompt|message)|(?:系统|开发者)\s*(?:提示|消息|指令)|提示词"
    r"|\b(?:my|these|the)\s+instructions\b|我的(?:指令|指示|设定)"
    r"|\bas\s+an?\s+(?:ai|language\s+model)\b|作为.{0,6}(?:AI|人工智能|语言模型)"
    r"|\bapi[\s_-]*key|API\s*密钥|\bsk-\w{6}",
    re.IGNORECASE,
)


def is_instruction(sentence: str) -> bool:
    """Whether a sentence speaks to a model instead of telling readers something.

    Such sentences are not put before the model at all. The fence and the prompt say that the
    rest is material only; this catches what small models obey nevertheless, spelt to be overlooked
    (unseen letters, wide ones, lookalikes of other scripts) as well.
    """
    return any(map(_TO_A_MODEL.search, _spellings(sentence)))


def _spellings(sentence: str) -> tuple[str, ...]:
    """A sentence as it stands, as it is seen, and with lookalikes as what they look like."""
    if sentence.isascii() and not _SPACED.search(sentence):
        return (sentence,)
    seen = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", _UNSEEN.sub("", sentence))
        if unicodedata.category(letter) != "Cf"
    )
    seen = _APART.sub("", seen)
    seen = _SPACED.sub(lambda match: re.sub(r"\s", "", match.group()), seen)
    return sentence, seen, seen.translate(_LOOKALIKES)


def one_line(text: str) -> str:
    """What a model is given of `text`: on one line, so that nobody starts one of their own.

    And what nobody sees is left out: whole orders can be written in such letters.
    """
    return " ".join(_UNSEEN.sub("", text).split())


def tells_of_the_task(said: str, told: str) -> bool:
    """Whether `said` speaks to a model, or of what it was asked, and `told` does not."""
    return any(
        found(said) and not found(told) for found in (_TO_A_MODEL.search, _OF_THE_TASK.search)
    )


def new_fence(token: Callable[[], str], text: str) -> str:
    """A delimiter that does not occur in `text`; `token` gives random hexadecimal digits."""
    fence = f"article-{token()}"
    while fence in text:
        fence = f"article-{token()}"
    return fence
