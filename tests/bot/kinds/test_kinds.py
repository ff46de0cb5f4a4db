"""Words → trial → source → poll → entries → readable, for each kind and service."""

from dataclasses import dataclass, field, replace

import pytest

from digest.model import EntryState, SourceKind
from digest.sources.trial import Proposal, Remark, Service
from tests.bot.kinds.conftest import Kinds
from tests.bot.kinds.services import CHANNEL, podcast, post, telegram

pytestmark = pytest.mark.asyncio(loop_scope="module")

VIDEOS = "https://www.youtube.com/feeds/videos.xml"
ALGOLIA = "https://hn.algolia.com/api/v1"


@dataclass(frozen=True)
class Case:
    """What words become: the address that is polled and the entries that come of it."""

    words: str
    service: Service
    url: str
    entries: int
    kind: SourceKind = SourceKind.FEED
    title: str = ""
    first: str = ""
    remarks: set[Remark] = field(default_factory=set)


CASES = [
    Case("https://cast.example/feed", Service.PODCAST, "https://cast.example/feed", 2,
         title="Belt talk", first="https://cast.example/story-3"),
    Case("https://podcasts.apple.com/us/podcast/belt-talk/id123456789?i=1", Service.PODCAST,
         "https://cast.example/feed", 2, title="Belt talk"),
    Case("https://www.youtube.com/@harbourtv/videos", Service.YOUTUBE,
         f"{VIDEOS}?channel_id={CHANNEL}", 3, title="Harbour TV",
         first="https://www.youtube.com/watch?v=story3"),
    Case(f"youtube.com/channel/{CHANNEL}", Service.YOUTUBE, f"{VIDEOS}?channel_id={CHANNEL}", 3),
    Case("https://www.youtube.com/c/harbourtv", Service.YOUTUBE,
         f"{VIDEOS}?channel_id={CHANNEL}", 3),
    Case("https://www.youtube.com/playlist?list=PLharbour-videos", Service.YOUTUBE,
         f"{VIDEOS}?playlist_id=PLharbour-videos", 3),
    Case("harbour/belts", Service.GITHUB, "https://github.com/harbour/belts/releases.atom", 2,
         title="Release notes from belts"),
    Case("https://github.com/harbour/belts/tree/main/src", Service.GITHUB,
         "https://github.com/harbour/belts/releases.atom", 2),
    Case("https://github.com/harbour/quiet", Service.GITHUB,
         "https://github.com/harbour/quiet/tags.atom", 2),
    Case("r/belts", Service.REDDIT, "https://www.reddit.com/r/belts/.rss", 2),
    Case("https://old.reddit.com/r/belts/top/?t=week", Service.REDDIT,
         "https://www.reddit.com/r/belts/top/.rss?t=week", 2),
    Case("u/li", Service.REDDIT, "https://www.reddit.com/user/li/.rss", 2),
    Case("hn", Service.HACKER_NEWS, f"{ALGOLIA}/search?tags=front_page&hitsPerPage=50", 3,
         SourceKind.JSON, "Hacker News", "https://belts.example/story-3"),
    Case("https://news.ycombinator.com/newest", Service.HACKER_NEWS,
         f"{ALGOLIA}/search_by_date?tags=story&hitsPerPage=50", 3, SourceKind.JSON),
    Case("hn: sorting belts", Service.HACKER_NEWS,
         f"{ALGOLIA}/search_by_date?query=sorting+belts&tags=story&hitsPerPage=50", 3,
         SourceKind.JSON, "Hacker News: sorting belts"),
    Case("cat:cs.AI", Service.ARXIV,
         "https://export.arxiv.org/api/query?search_query=cat:cs.AI&sortBy=submittedDate"
         "&sortOrder=descending&max_results=50", 3, title="arXiv cs.AI"),
    Case("https://arxiv.org/list/cs.AI/recent", Service.ARXIV,
         "https://export.arxiv.org/api/query?search_query=cat:cs.AI&sortBy=submittedDate"
         "&sortOrder=descending&max_results=50", 3),
    Case("@harbour@toots.example", Service.MASTODON, "https://toots.example/@harbour.rss", 2),
    Case("https://toots.example/@harbour", Service.MASTODON,
         "https://toots.example/@harbour.rss", 2),
    Case("https://toots.example/tags/belts", Service.MASTODON,
         "https://toots.example/tags/belts.rss", 2),
    Case("@harbour", Service.TELEGRAM, "https://t.me/s/harbour", 2, SourceKind.TELEGRAM,
         "海港新闻", "https://belts.example/story-8"),
    Case("t.me/harbour/7", Service.TELEGRAM, "https://t.me/s/harbour", 2, SourceKind.TELEGRAM),
    Case("mei.bsky.social", Service.BLUESKY, "https://bsky.app/profile/mei.bsky.social/rss", 1),
    Case("https://bsky.app/profile/li.bsky.social", Service.BLUESKY,
         "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=li.bsky.social"
         "&filter=posts_no_replies&limit=50", 2, SourceKind.JSON, "@li.bsky.social",
         "https://bsky.app/profile/li.bsky.social/post/3k3story"),
    Case("daily.example/news-sitemap.xml", Service.SITEMAP,
         "https://daily.example/news-sitemap.xml", 2, SourceKind.SITEMAP,
         first="https://daily.example/story-2", remarks={Remark.ONLY_TITLES}),
    Case("https://paper.example/sitemap.xml", Service.SITEMAP,
         "https://paper.example/sitemap.xml", 2, SourceKind.SITEMAP,
         first="https://paper.example/story-22", remarks={Remark.NO_TITLES, Remark.NO_DATES}),
    Case("https://gazette.example/news", Service.PAGE, "https://gazette.example/news", 6,
         SourceKind.PAGE, "海港要闻", "https://gazette.example/story-1.html", {Remark.GUESSED}),
    Case("https://api.example/api/s?id=hot", Service.JSON, "https://api.example/api/s?id=hot", 5,
         SourceKind.JSON, "api.example/api/s", "https://hot.example/story-1",
         {Remark.GUESSED, Remark.ONLY_TITLES}),
    Case("https://hub.example/route?format=json", Service.FEED,
         "https://hub.example/route?format=json", 2, title="Hub"),
    Case("blog.example", Service.FEED, "https://blog.example/feed", 2, title="The blog"),
]  # fmt: skip


async def best(kinds: Kinds, words: str) -> Proposal:
    trial = await kinds.trial(words)
    assert trial.refusal is None, trial.refusal
    assert trial.best is not None
    return trial.best


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
async def test_words_become_a_source_that_brings_readable_entries(
    kinds: Kinds, case: Case
) -> None:
    found = await best(kinds, case.words)
    spec = found.spec
    assert (found.service, spec.kind, spec.url) == (case.service, case.kind, case.url)
    assert found.total == case.entries
    assert len(found.samples) == min(3, case.entries)
    assert case.title in {"", spec.title}
    assert case.first in {"", found.samples[0].url}
    assert case.remarks <= set(found.remarks)
    # Addresses alone say nothing of their language.
    assert spec.lang in {"zh", "en"} or Remark.NO_TITLES in found.remarks

    storage = kinds.world.storage
    if found.known is None:
        source = await storage.sources.add(spec, kinds.world.time(), actor="test")
    else:
        source = found.known
        assert case.url == source.spec.url  # another way of naming the same
    result = await kinds.world.poller.poll(source)
    assert result.error is None
    if found.known is None:
        assert (result.outcome, result.new) == ("read", case.entries)
        ended = await kinds.world.read()
        assert len(ended) == case.entries
        read = {EntryState.DONE, EntryState.MERGED}
        assert {one.state for one in ended} <= read, [(one.state, one.detail) for one in ended]
    else:
        assert result.new == 0
    again = await kinds.trial(case.words)
    assert again.best is not None
    assert again.best.known is not None
    assert again.best.known.id == source.id


FERRIES = (
    "Nordlink orders eight electric ferries.<br><br>The company pays 300 million euros for them, "
    "its chairman said in Bergen on Monday, and the first will sail in 2028. Each carries 1,400 "
    "passengers and 90 cars.<br><br>Its old ships burn 40 tonnes of diesel a day. The yard in "
    "Gdansk won against four others, because it promised to deliver a ship every three months."
)


async def test_a_post_is_read_from_its_channel_and_never_from_its_own_page(kinds: Kinds) -> None:
    found = await best(kinds, "https://t.me/harbour")
    spec = replace(found.spec, key="again", url="https://t.me/s/harbour?again")
    kinds.net.answers["t.me/s/harbour?again"] = telegram(post(90, FERRIES))
    source = await kinds.world.storage.sources.add(spec, kinds.world.time(), actor="test")
    assert (await kinds.world.poller.poll(source)).new == 1
    (ended,) = await kinds.world.read()
    assert ended.signal is not None
    assert ended.signal.url == "https://t.me/harbour/90"
    assert "t.me/harbour/90" not in kinds.net.asked


async def test_an_index_leads_to_no_other_host_and_to_nothing_twice(kinds: Kinds) -> None:
    kinds.net.asked.clear()
    await best(kinds, "https://paper.example/sitemap.xml")
    assert kinds.net.asked.count("paper.example/sitemap.xml") == 1
    assert "paper.example/post-sitemap2.xml" in kinds.net.asked
    assert not any(asked.startswith("elsewhere.example") for asked in kinds.net.asked)


async def test_a_fallback_is_tried_only_where_nothing_was_found(kinds: Kinds) -> None:
    assert len((await kinds.trial("harbour/belts")).proposals) == 1
    found = await kinds.trial("harbour/quiet")
    assert [one.spec.url.rpartition("/")[2] for one in found.proposals] == ["tags.atom"]


async def test_an_article_leads_to_the_feed_that_the_first_page_of_its_site_names(
    kinds: Kinds,
) -> None:
    link = "<link rel=alternate type=application/rss+xml href=/odd-place.php>"
    kinds.net.answers["elsewhere.example/"] = f"<html><head>{link}</head></html>"
    kinds.net.answers["elsewhere.example/odd-place.php"] = podcast()
    found = await best(kinds, "https://elsewhere.example/2026/story-of-old.html")
    assert found.spec.url == "https://elsewhere.example/odd-place.php"
