"""What a page sets beside a sentence and what reached us glued to it.

"…near his home.ALSO READ: Another shop robbed", "OpinionOne thing is certain", and the topics
that a feed hangs behind its last word ("…of the pictureArtificial intelligence, Technology").
In Chinese it is what a shop asks and the words of its button ("北港鼠标 129 元起直达链接该鼠标…").
"""

from digest.regexes import regex

_LOOKED_AT = 2000
_LEAST = 20  # characters that are left of a sentence

_LABEL = regex(
    r"^(?:Opinion|Analysis|Comment|Editorial|Breaking|Exclusive|Interview|Summary|Introduction"
    r"|Overview|Abstract|Background|Conclusion|Politics|Advertisement)(?=[A-Z][a-z']* [a-z])"
)
_HEADED = regex(r"^(?:Story highlights|Key points|Highlights)\s+(?=[A-Z“\"])")
_MORE = regex(
    r"(?<=[a-z0-9.!?…\"'”’)])\s*(?:ALSO READ|READ ALSO|READ MORE|ALSO WATCH|READ|WATCH|Also read"
    r"|Read also|Read more|Also watch)\s?[:|].*$"
)
_TOPICS = regex(
    r"(?<=[a-z]{3})(?=[A-Z][a-z]+(?: [a-z]+)*(?:, [A-Z][A-Za-z]+(?: [a-z]+)*)+$)[A-Z].*$"
)
_BUTTON = regex(
    r"^[^。！？]*\d\s?元起?\s*(?:直达链接|点此直达|购买链接|立即购买)\s*(?=\w[^。]*[。！？]$)"
)


def unglued(text: str) -> str:
    """`text` without what a page sets before it (a section, a button) or behind it."""
    if len(text) > _LOOKED_AT:
        return text
    kept = _HEADED.sub("", _LABEL.sub("", text, count=1), count=1)
    for beside in (_MORE, _TOPICS, _BUTTON):
        shorter = beside.sub("", kept, count=1).rstrip()
        kept = shorter if len(shorter) >= _LEAST else kept
    return kept
