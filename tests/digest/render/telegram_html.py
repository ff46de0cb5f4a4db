"""Telegram's reading of HTML, strict: what it would refuse, this refuses."""

import re
from dataclasses import dataclass

_TAGS = {"b", "i", "a", "code", "blockquote"}
_TOKEN = re.compile(r"<(/?)([a-zA-Z-]*)([^<>]*)>|&(#?\w+;)?|([^<&]+)|(.)", re.DOTALL)
_ENTITIES = {"lt;": "<", "gt;": ">", "amp;": "&", "quot;": '"'}


@dataclass(frozen=True)
class Parsed:
    text: str
    entities: int
    links: tuple[str, ...]

    @property
    def units(self) -> int:
        return len(self.text.encode("utf-16-le")) // 2


def parse(html: str) -> Parsed:
    """Parse `html`. Raises ValueError in Telegram's words for what it would refuse."""
    text: list[str] = []
    open_tags: list[str] = []
    links: list[str] = []
    entities = 0
    for closing, tag, rest, entity, plain, stray in _TOKEN.findall(html):
        if tag and not closing:
            if tag not in _TAGS:
                raise ValueError(f'Unsupported start tag "{tag}"')
            if tag == "blockquote" and tag in open_tags:
                raise ValueError("blockquotes do not nest")
            if tag == "a":
                link = re.fullmatch(r' href="([^"]*)"', rest)
                if link is None:
                    raise ValueError("a link without an address")
                links.append(_unescaped(link[1]))
            open_tags.append(tag)
            entities += 1
        elif closing:
            if not open_tags or open_tags.pop() != tag:
                raise ValueError(f"Unmatched end tag {tag}")
        elif entity:
            text.append(_unescaped(f"&{entity}"))
        elif plain:
            text.append(plain)
        else:
            raise ValueError(f"a stray {stray or '&'}")
    if open_tags:
        raise ValueError(f'Can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
    return Parsed("".join(text), entities, tuple(links))


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("#x"):
            return chr(int(name[2:-1], 16))
        if name not in _ENTITIES:
            raise ValueError(f"an unknown entity {name}")
        return _ENTITIES[name]

    return re.sub(r"&(#?\w+;)", one, text)
