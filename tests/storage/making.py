"""Values to store: small, valid, and different where a test says so."""

from datetime import UTC, datetime, timedelta
from itertools import count

from digest.model import (
    Article,
    Brief,
    ChatKind,
    DigestKind,
    Entry,
    Kind,
    Lang,
    NumberFact,
    Placement,
    Point,
    PollState,
    Relation,
    Score,
    ScorePart,
    Signal,
    SignalDraft,
    SignalState,
    Source,
    SourceSpec,
    Subscriber,
)
from digest.policy import Hold
from digest.stories import StoryPlacement
from storage import NewSignal, PendingEntry, PlannedDigest, Storage

NOW = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
ALONE = StoryPlacement(story_of=None, relation=Relation.LEAD, similarity=0.0)
_numbers = count(1)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def spec(name: str = "one", *, url: str = "", column: str = "ai") -> SourceSpec:
    return SourceSpec(
        key=name,
        url=url or f"https://{name}.example/feed.xml",
        title=f"{name} 日报",
        column=column,
        lang="zh",
        site_url=f"https://{name}.example/",
    )


def entry(key: str, *, at: datetime | None = NOW, body: str = "", title: str = "") -> Entry:
    return Entry(
        key=key,
        url=f"https://one.example/{key}",
        title=title or f"标题 {key}",
        body_html=body,
        published_at=at,
        content_hash=f"hash of {key}",
    )


def article(name: str, *, text: str = "", at: datetime | None = NOW) -> Article:
    return Article(
        url=f"https://one.example/{name}?from=feed",
        canonical_url=f"https://one.example/{name}",
        title=f"标题 {name}",
        paragraphs=((text or f"这是 {name} 的第一句。", "第二句。"), ("另一段。",)),
        lang="zh",
        author="李雷",
        site="一日报",
        published_at=at,
        utc_offset_min=480,
    )


def draft(
    name: str,
    *,
    text: str = "",
    at: datetime | None = NOW,
    column: str = "ai",
    topics: tuple[str, ...] = (),
    points: float = 50,
) -> SignalDraft:
    brief = Brief(
        headline=f"要点 {name}",
        headline_lang="zh",
        points=(Point(f"{name} 说了一件事。", (0,), "zh"),),
        numbers=(NumberFact("$1.2 billion", 1.2e9, "money", "USD", 0, zh="12 亿美元"),),
        why=Point("因为重要。", (1,), "zh"),
        keywords=("芯片", name),
    )
    return SignalDraft(
        article=article(name, text=text, at=at),
        brief=brief,
        placement=Placement(column, Kind.RELEASE, topics, {"column": ("芯片",)}),
        score=Score((ScorePart("substance", points, 100, "2 numbers"),)),
        reading_minutes=3,
    )


async def add_source(storage: Storage, name: str = "one") -> Source:
    existing = await storage.sources.by_url(spec(name).url)
    return existing or await storage.sources.add(spec(name), NOW, actor="test")


async def add_entry(
    storage: Storage, source: Source, key: str, *, now: datetime = NOW
) -> PendingEntry:
    await storage.sources.record_poll(source.id, PollState(), entries=[entry(key)], now=now)
    while True:
        # Without a lease: other coroutines of a test claim at the same time.
        for pending in await storage.entries.claim(now, 100, lease_s=0):
            if pending.entry.key == key:
                return pending


async def add_signal(
    storage: Storage,
    name: str = "",
    *,
    made: SignalDraft | None = None,
    source: Source | None = None,
    now: datetime = NOW,
    story: StoryPlacement = ALONE,
    state: SignalState = SignalState.LIVE,
    fingerprint: str = "",
    backlog: bool = False,
    hold: Hold | None = None,
) -> Signal:
    name = name or f"n{next(_numbers)}"
    origin = source or await add_source(storage)
    pending = await add_entry(storage, origin, name, now=now)
    new = NewSignal(made or draft(name), pending, origin, fingerprint, backlog, story, state, hold)
    return await storage.signals.insert(new, now)


async def add_subscriber(
    storage: Storage, chat_id: int = 100, *, thread_id: int = 0, now: datetime = NOW
) -> Subscriber:
    found, _ = await storage.subscribers.enter(
        chat_id, thread_id, ChatKind.PRIVATE, f"读者 {chat_id}", Lang.ZH, now
    )
    return found


def planned(
    signals: tuple[int, ...] = (),
    *,
    kind: DigestKind = DigestKind.DAILY,
    group_key: str = "all",
    until: datetime = NOW,
    parts: int = 1,
) -> PlannedDigest:
    return PlannedDigest(
        kind=kind,
        group_key=group_key,
        window_from=until - timedelta(days=1),
        window_to=until,
        lang=Lang.ZH,
        signal_ids=signals,
        parts=[{"text": f"<b>第 {number} 部分</b> 😀"} for number in range(parts)],
        part_signals=[signals[number::parts] for number in range(parts)],
    )
