"""The jobs as the bot runs them: in another process, with everything pickled both ways."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.engine.jobs_cpu import ReadRequest, read_document_job, read_page
from bot.engine.workers import WorkerPool
from digest.errors import ExtractionError, PollFailure, SourceError
from digest.model import EntryState
from digest.sources.adapters import Document
from tests.digest.extract_pages import ZH, html, page

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[WorkerPool]:
    pool = WorkerPool(1, deadline_s=20.0)
    yield pool
    await pool.close()


@pytest.mark.asyncio(loop_scope="module")
async def test_a_page_comes_back_as_a_draft(pool: WorkerPool):
    body = html(ZH, title="清河公交全部换电动车", heading="清河公交全部换电动车")

    draft = await pool.run(read_page, ReadRequest(page(body), "policy", 1.0, NOW))

    assert draft.article.title == "清河公交全部换电动车"
    assert draft.brief.points
    sentences = [sentence.text for sentence in draft.article.sentences]
    assert all(0 <= at < len(sentences) for point in draft.brief.points for at in point.evidence)
    assert 0 <= draft.score.total <= 100
    assert draft.reading_minutes >= 1


@pytest.mark.asyncio(loop_scope="module")
async def test_the_reason_for_no_article_comes_back_whole(pool: WorkerPool):
    request = ReadRequest(page(b"%PDF-1.7", content_type="application/pdf"), "policy", 1.0, NOW)

    with pytest.raises(ExtractionError) as caught:
        await pool.run(read_page, request)

    assert (caught.value.state, caught.value.detail) == (EntryState.NOT_ARTICLE, "a binary file")


@pytest.mark.asyncio(loop_scope="module")
async def test_a_date_far_ahead_is_judged_by_the_time_of_the_request(pool: WorkerPool):
    head = '<meta property="article:published_time" content="2026-12-24T08:00:00+01:00">'
    early = ReadRequest(page(html(head=head)), "policy", 1.0, NOW)
    late = ReadRequest(page(html(head=head)), "policy", 1.0, datetime(2027, 1, 1, tzinfo=UTC))

    assert (await pool.run(read_page, early)).article.published_at is None
    assert (await pool.run(read_page, late)).article.utc_offset_min == 60


@pytest.mark.asyncio(loop_scope="module")
async def test_feeds_are_parsed_and_refused_there_too(pool: WorkerPool):
    feed = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Courier</title>
      <item><title>Buses</title><link>https://courier.example/1</link>
      <description>Forty of them.</description></item></channel></rss>"""

    reading = await pool.run(
        read_document_job, Document(feed, "https://courier.example/feed", "text/xml", NOW)
    )
    assert [entry.title for entry in reading.entries] == ["Buses"]

    with pytest.raises(SourceError) as caught:
        await pool.run(
            read_document_job, Document(b"<html></html>", "https://x.example/", "text/html", NOW)
        )
    assert caught.value.code == PollFailure.NOT_A_FEED
