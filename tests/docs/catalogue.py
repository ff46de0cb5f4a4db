"""Every text in both languages on one page, with sample values, to be read before a release.

`python -m tests.docs catalogue > /tmp/texts.html`
"""

from html import escape
from itertools import groupby
from string import Formatter

from digest.model import Lang
from digest.texts import Texts, texts_for

_SAMPLES: dict[str, int | str] = {
    "count": 3, "limit": 50, "score": 80, "min_score": 40, "year": 2026, "day": 28,
    "name": "大模型", "names": "大模型、芯片", "query": "芯片", "typed": "火星",
    "title": "晨星新闻", "time": "08:30", "times": "08:30、20:30", "when": "明天 08:30",
    "zone": "北京时间", "clock": "08:30", "value": "08:30", "reason": "404",
    "url": "https://news.example/1", "reference": "A1B2C3",
}  # fmt: skip
_HEAD = """<!doctype html><meta charset="utf-8"><title>texts</title><style>
body{font:15px/1.5 sans-serif;margin:2rem}table{border-collapse:collapse;width:100%}
td{border:1px solid #ccc;padding:.3rem .6rem;vertical-align:top;white-space:pre-wrap}
td:first-child{color:#666;font-size:12px;width:15rem}</style>"""


def catalogue() -> str:
    """The page, as HTML."""
    zh, en = texts_for(Lang.ZH), texts_for(Lang.EN)
    parts = [_HEAD]
    for group, keys in groupby(sorted(zh.keys | en.keys), key=lambda key: key.split(".")[0]):
        rows = (
            f"<tr><td>{escape(key)}</td><td>{_shown(zh, key)}</td><td>{_shown(en, key)}</td></tr>"
            for key in keys
        )
        parts.append(f"<h2>{escape(group)}</h2><table>{''.join(rows)}</table>")
    return "\n".join(parts)


def _shown(texts: Texts, key: str) -> str:
    """The forms of one text as a reader would see them; its own markup counts."""
    if not texts.has(key):
        return "<b>?</b>"
    forms = texts.forms(key)
    values: dict[str, object] = {}
    for _, name, spec, _ in (part for form in forms for part in Formatter().parse(form)):
        if name and name != "n":
            sample = 3 if spec else _SAMPLES.get(name, f"‹{name}›")
            values[name] = sample if isinstance(sample, int) else escape(sample)
    counts = (1, 3) if len(forms) > 1 else (3,)
    return "<hr>".join(texts.n(key, count, **values) for count in counts)
