"""The pages with hostile words in every field that somebody outside can fill."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from digest.model import (
    Advice,
    Brief,
    ChatKind,
    Checked,
    Insight,
    Kind,
    Lang,
    Moment,
    NumberFact,
    Placement,
    Point,
    Rendered,
    SeenIn,
    Signal,
    SourceSpec,
    Tier,
    TranslatedSentence,
    Translation,
)
from digest.taxonomy import Column, Taxonomy, Topic
from digest.trends import TrendKind
from digest.weeklies.report import UNEDITED, Said, signal_key
from digest.weekly import Week
from storage import Storage
from storage.schema import collections
from storage.weekly_reading import make_report
from tests.bot.web.conftest import Newsroom
from tests.bot.web.sample_paths import SHARE_KEY
from tests.bot.web.samples import ARTICLE, NOW, SIGNAL
from tests.trending import keep, report, trend

WEEK = Week(2026, 46)
IN_WEEK = NOW - timedelta(days=8)


def hostile_taxonomy(words: str) -> Taxonomy:
    """Shelves with names that an editor was talked into."""
    return Taxonomy(
        [Column("ai", words, words, "🤖", 0), Column("business", "商业", "Business", "💼", 1)],
        [Topic("llm", words, words), Topic("chips", "芯片", "Chips")],
    )


def hostile_signal(words: str, url: str) -> Signal:
    """A signal of which everything is from outside."""
    point = Point(words, (0,), "en", original=words)
    number = NumberFact(
        words, 1.2e9, "money", "USD", 1, measure=words, zh=words, start=words, end=words
    )
    made = Brief(
        headline=words,
        headline_lang="en",
        points=(point, Point(words, (7, 8), "zh", translated=True, original=words)),
        numbers=(number, replace(number, direction="up")),
        why=point,
        gaps=(point,),
        keywords=(words, "数据中心"),
        tier=Tier.MODEL,
        frame=(words,),
        headline_original=words,
        headline_en=words,
        maker=words,
        prompt=words,
        insight=Insight(
            timeline=(Moment(words, None, words, 3, "en"),),
            concerned=(Advice(words, words, (2,), "zh"),),
            questions=(point,),
            actions=(point,),
            difference=point,
        ),
        checked=Checked(7, 1, (words,)),
    )
    return replace(
        SIGNAL,
        url=url,
        title=words,
        author=words,
        site=words,
        brief=made,
        placement=Placement("ai", Kind.RELEASE, ("llm",), {"kind": (words, words)}),
        seen_in=(SeenIn(1, words, url, NOW),),
    )


async def furnish(storage: Storage, all_words: Sequence[str], urls: Sequence[str]) -> list[int]:
    """A newsroom full of `all_words`; returns the ids of the signals, one for each of them."""
    newsroom = Newsroom(storage)
    ids: list[int] = []
    for number, words in enumerate(all_words):
        url = urls[number % len(urls)]
        paragraphs = ((words, words, words),) * 4
        article = replace(
            ARTICLE, url=url, title=words, author=words, site=words, paragraphs=paragraphs
        )
        source = SourceSpec(
            f"k{number}", f"https://wire{number}.example/feed", words, "ai", "en", site_url=url
        )
        kept = await newsroom.add(
            hostile_signal(words, url),
            article,
            at=NOW - timedelta(minutes=number),
            spec=source,
            story_of=ids[0] if number in {1, 2, 3} else None,
        )
        sentences = tuple(
            TranslatedSentence(place, words, Rendered.TRANSLATED) for place in range(12)
        )
        await storage.translations.save(kept.id, Translation("zh", words, sentences), NOW)
        ids.append(kept.id)
    await _week(newsroom, all_words, urls)
    await _rising(storage, all_words)
    await _shared(storage, ids, all_words)
    return ids


async def _week(newsroom: Newsroom, all_words: Sequence[str], urls: Sequence[str]) -> None:
    weeklies = newsroom.storage.weeklies
    first = await newsroom.add(hostile_signal(all_words[0], urls[0]), at=IN_WEEK)
    await newsroom.add(hostile_signal(all_words[-1], urls[-1]), at=IN_WEEK, story_of=first.id)
    text = " ".join(all_words)
    made = await make_report(
        newsroom.storage, WEEK, "Asia/Shanghai", NOW, hostile_taxonomy(all_words[0])
    )
    said = {lang: (Said(text, (first.id,)),) for lang in ("zh", "en")}
    await weeklies.keep(WEEK, made, NOW, intro=said)
    issue = await weeklies.get(WEEK)
    assert issue is not None
    told = dict.fromkeys(("zh", "en"), text)
    edits = replace(UNEDITED, foreword=told, lines={signal_key(first.id): told})
    await weeklies.edit(issue, edits, actor="user:1", now=NOW)


async def _rising(storage: Storage, all_words: Sequence[str]) -> None:
    rising = [
        trend(words[:60], TrendKind.ENTITY, name=words, rank=number)
        for number, words in enumerate(all_words, 1)
    ]
    await keep(storage, report(*rising, at=NOW))


async def _shared(storage: Storage, ids: Sequence[int], all_words: Sequence[str]) -> None:
    text = " ".join(all_words)[:200]
    reader, _ = await storage.subscribers.enter(77, 0, ChatKind.PRIVATE, text, Lang.ZH, NOW)
    made = await storage.collections.create(reader.id, all_words[0], NOW)
    for number, words in zip(ids, all_words, strict=True):
        await storage.collections.save(made.id, number, NOW, note=words)
    await storage.collections.share(reader.id, made.id)
    await storage.collections.set_share_notes(reader.id, made.id, share_notes=True)
    async with storage.database.write() as connection:
        await connection.execute(update(collections).values(share_key=SHARE_KEY))


LISTS = (
    "/",
    "/column/ai",
    "/topic/llm",
    "/trends",
    "/story/1",
    "/stories",
    f"/c/{SHARE_KEY}",
    f"/week/{WEEK}",
    f"/week/{WEEK}/ai",
    "/weeks",
    "/day/2026-11-22",
    "/sources",
    "/archive",
)
FEEDS = (
    "/feed.xml",
    "/rss.xml",
    "/feed.json",
    "/column/ai/feed.xml",
    "/column/ai/rss.xml",
    "/column/ai/feed.json",
    "/story/1/feed.xml",
    "/story/1/rss.xml",
    "/story/1/feed.json",
    "/trends/feed.xml",
    "/trends/rss.xml",
    "/trends/feed.json",
    "/weeks/feed.xml",
    "/weeks/rss.xml",
    "/weeks/feed.json",
    f"/c/{SHARE_KEY}/feed.xml",
    f"/c/{SHARE_KEY}/rss.xml",
    f"/c/{SHARE_KEY}/feed.json",
    "/sources.opml",
    "/sitemap.xml",
    "/sitemap/pages.xml",
    "/sitemap/stories.xml",
    "/sitemap/signals-0.xml",
)
