"""Made-up signals with sane defaults, as values and as rows of a real database."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from digest.model import (
    Article,
    Brief,
    Entry,
    Kind,
    NumberFact,
    Placement,
    Point,
    PollState,
    Relation,
    Score,
    ScorePart,
    SeenIn,
    Signal,
    SignalDraft,
    SignalState,
    Source,
    SourceSpec,
)
from digest.policy import Hold
from digest.stories import StoryPlacement
from storage import NewSignal, Storage

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)  # 12:00 on a Tuesday in Shanghai

TITLES = (
    "央行宣布下调存款准备金率 0.5 个百分点",
    "DeepSeek 开源新一代推理模型",
    "Rust 2.0 将于明年发布",
    "天文学家发现最近的宜居行星",
)


def brief(headline: str = TITLES[0], *, lang: str = "zh", **changes: Any) -> Brief:
    """A brief of three points that rest on the article's first three sentences."""
    points = tuple(
        Point(text, (number,), lang) for number, text in enumerate(sentences(headline, lang)[:3])
    )
    made = Brief(headline=headline, headline_lang=lang, points=points, keywords=(headline[:4],))
    return replace(made, **changes)


def sentences(headline: str, lang: str) -> tuple[str, ...]:
    """Four sentences about nothing in particular, with the headline's words in the first."""
    if lang == "zh":
        return (
            f"{headline}。",
            "此举将释放长期资金约 1 万亿元。",
            "调整自下月一日起生效。",
            "业内对此反应不一。",
        )
    return (
        f"{headline}.",
        "It will release about 1 billion dollars.",
        "The change takes effect on the first of next month.",
        "Reactions were mixed.",
    )


def article(title: str = TITLES[0], *, lang: str = "zh", **changes: Any) -> Article:
    """An article of two paragraphs whose address follows from its title."""
    name = hashlib.sha256(title.encode()).hexdigest()[:12]
    url = f"https://news.example/{name}"
    one, two, three, four = sentences(title, lang)
    made = Article(
        url=url,
        canonical_url=url,
        title=title,
        paragraphs=((one, two), (three, four)),
        lang=lang,
        author="林记者",
        site="晨星新闻",
        published_at=NOON - timedelta(hours=2),
        utc_offset_min=480,
    )
    return replace(made, **changes)


def score(total: int = 72) -> Score:
    """A score of `total`, in two parts."""
    return Score(
        (
            ScorePart("source", total // 2, 50, "weight 1.0"),
            ScorePart("substance", total - total // 2, 50, "3 points"),
        )
    )


def draft(
    title: str = TITLES[0],
    *,
    lang: str = "zh",
    column: str = "business",
    topics: tuple[str, ...] = (),
    kind: Kind = Kind.POLICY,
    total: int = 72,
    **changes: Any,
) -> SignalDraft:
    """What reading an entry gives. `changes` go to the article."""
    return SignalDraft(
        article=article(title, lang=lang, **changes),
        brief=brief(title, lang=lang),
        placement=Placement(column, kind, topics),
        score=score(total),
        reading_minutes=3,
    )


def signal(number: int = 1, title: str = TITLES[0], **changes: Any) -> Signal:
    """A signal as storage gives it; `column`, `topics` and `total` may stand for its parts."""
    column = changes.pop("column", "business")
    topics = changes.pop("topics", ())
    total = changes.pop("total", 72)
    lang = changes.pop("lang", "zh")
    made = Signal(
        id=number,
        url=f"https://news.example/{number}",
        title=title,
        lang=lang,
        brief=brief(title, lang=lang),
        placement=Placement(column, Kind.POLICY, topics),
        score=score(total),
        reading_minutes=3,
        created_at=NOON - timedelta(hours=1),
        published_at=NOON - timedelta(hours=2),
        utc_offset_min=480,
        author="林记者",
        site="晨星新闻",
        seen_in=(SeenIn(1, "晨星新闻", f"https://news.example/{number}", NOON),),
    )
    return replace(made, **changes)


def number_fact(**changes: Any) -> NumberFact:
    """1 万亿元 in the second sentence."""
    made = NumberFact("1 万亿元", 1e12, "money", "CNY", 1, measure="长期资金")
    return replace(made, **changes)


def source_spec(key: str = "morning", **changes: Any) -> SourceSpec:
    """A source of business news."""
    made = SourceSpec(key, f"https://{key}.example/feed.xml", "晨星新闻", "business", "zh")
    return replace(made, **changes)


@dataclass(slots=True)
class Newsdesk:
    """Puts made-up signals into a real database, the way the readers do."""

    storage: Storage
    _sources: dict[str, Source] = field(default_factory=dict)
    _count: int = 0

    async def source(self, key: str = "morning", **changes: Any) -> Source:
        """The source called `key`, added on first use."""
        if key not in self._sources:
            spec = source_spec(key, **changes)
            self._sources[key] = await self.storage.sources.add(spec, NOON, actor="test")
        return self._sources[key]

    async def publish(
        self,
        title: str | None = None,
        *,
        at: datetime = NOON - timedelta(hours=1),
        source: str = "morning",
        backlog: bool = False,
        story_of: int | None = None,
        relation: Relation = Relation.LEAD,
        state: SignalState = SignalState.LIVE,
        hold: Hold | None = None,
        **made: Any,
    ) -> Signal:
        """One entry, read and kept at `at`; `made` goes to `draft`."""
        self._count += 1
        title = title or f"第 {self._count} 条消息"
        known = await self.source(source)
        new = draft(title, **made)
        key = hashlib.sha256(f"{source} {title}".encode()).hexdigest()[:16]
        entry = Entry(key, new.article.url, title, published_at=new.article.published_at)
        await self.storage.sources.record_poll(
            known.id, PollState(), entries=[entry], backlog=backlog, now=at
        )
        (pending,) = await self.storage.entries.claim(at, 1)
        return await self.storage.signals.insert(
            NewSignal(
                draft=new,
                entry=pending,
                source=known,
                fingerprint=key,
                backlog=backlog,
                story=StoryPlacement(story_of, relation, 1.0 if story_of else 0.0),
                state=state,
                hold=hold,
            ),
            at,
        )
