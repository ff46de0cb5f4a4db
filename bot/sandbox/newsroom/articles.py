"""The sample newsroom's articles: files with a small front matter, and when each appears.

Front matter: `title`, `lang`, `column`, `feed`, `author`, then either `hours_ago` (hours before
the server's start) or `release_after_s` (seconds after it); `also_in` names further feeds that
carry the same page, apart by commas, `copy_of` another article whose text is republished here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "articles"
_FENCE = "---"


@dataclass(frozen=True)
class SampleArticle:
    """One article. `after_s` is its publication in seconds after the start (mostly negative)."""

    slug: str
    title: str
    lang: str
    column: str
    feeds: tuple[str, ...]
    author: str
    after_s: float
    paragraphs: tuple[str, ...]

    def published(self, started: datetime) -> datetime:
        """When it appears for a server that started then."""
        return started + timedelta(seconds=self.after_s)


@cache
def load_articles() -> tuple[SampleArticle, ...]:
    """All articles, newest first. Raises ValueError for a file that cannot be read."""
    raw = {path.stem: _split(path) for path in sorted(_FOLDER.glob("*.md"))}
    articles = [_article(slug, raw) for slug in raw]
    return tuple(sorted(articles, key=lambda article: (-article.after_s, article.slug)))


def _split(path: Path) -> tuple[dict[str, str], str]:
    _empty, head, body = path.read_text("utf-8").split(f"{_FENCE}\n", 2)
    fields = {}
    for line in head.splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(f"{path.name}: {line!r} is not 'name: value'")
        value = value.strip()
        fields[name.strip()] = value[1:-1] if value[:1] == value[-1:] == '"' else value
    return fields, body


def _article(slug: str, raw: dict[str, tuple[dict[str, str], str]]) -> SampleArticle:
    fields, body = raw[slug]
    if "copy_of" in fields:
        body = raw[fields["copy_of"]][1]
    if "release_after_s" in fields:
        after_s = float(fields["release_after_s"])
    else:
        after_s = -3600 * float(fields["hours_ago"])
    return SampleArticle(
        slug=slug,
        title=fields["title"],
        lang=fields["lang"],
        column=fields["column"],
        feeds=(fields["feed"], *_names(fields.get("also_in", ""))),
        author=fields["author"],
        after_s=after_s,
        paragraphs=tuple(part.strip() for part in body.split("\n\n") if part.strip()),
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
