"""From anything a person types to sources that are ready to be saved, tried at once."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.engine.jobs_cpu import propose_job
from bot.engine.workers import WorkerFailed, WorkerPool
from bot.fetching import Fetched, Fetcher
from bot.jobs.documents import Documents
from digest.errors import PollFailure, SourceError
from digest.identity import canonical_url
from digest.model import FeedReading, Recipe, Source, SourceKind, SourceSpec
from digest.sources.adapters import Document
from digest.sources.answers import STATUS_FAILURES
from digest.sources.discovery import named_feeds, usual_feeds
from digest.sources.services import Attempt, How, Lookup, as_url, recognise, video_feed
from digest.sources.shapes import Looks, audio_feed, looks, sitemaps_named
from digest.sources.shelving import guess_hot, key_of
from digest.sources.trial import (
    Proposal,
    Refusal,
    Refused,
    Remark,
    Service,
    Trial,
    column_guess,
    proposal_of,
)
from digest.text.decoding import decode

log = logging.getLogger(__name__)

LONGEST_WORDS = 2_000
TRIAL_S = 60.0
GUESS_S = 10.0
DOCUMENT_BYTES = 10 * 1024 * 1024
MOST_PROPOSALS = 5
# Of a page: so many feeds that it names, and so many places where feeds usually are.
MOST_NAMED, MOST_USUAL = 8, 6
MOST_SITEMAPS = 3
_SERVER_ERROR = 500
_PERMANENT = frozenset({301, 308})
_NO_HTTPS = frozenset({PollFailure.CONNECT, PollFailure.TLS})

Known = Callable[[], Awaitable[tuple[Source, ...]]]


class Discoverer:
    """Tries words and specs. Every failure is a refusal in the trial; nothing is saved."""

    def __init__(
        self, fetcher: Fetcher, workers: WorkerPool, *, clock: Clock, known: Known
    ) -> None:
        self._fetcher = fetcher
        self._workers = workers
        self._documents = Documents(workers, urgent=True)
        self._clock = clock
        self._known = known

    async def __call__(self, words: str) -> Trial:
        """What `words` are: an address, a channel, a repository, a query and so on."""
        words = words.strip()[:LONGEST_WORDS]
        if not words:
            return Trial(words, refusal=Refusal(Refused.NO_WORDS))
        return await self._kept(words, lambda hunt: self._discover(words, hunt))

    async def preview(self, spec: SourceSpec) -> Trial:
        """The entries that this very spec brings, with its own recipe and headers."""
        return await self._kept(spec.url, lambda hunt: self._preview(spec, hunt))

    async def _kept(self, words: str, work: "Callable[[_Hunt], Awaitable[Trial]]") -> Trial:
        """A trial within its time; what goes wrong is its refusal, unless enough was found."""
        hunt = _Hunt(self._clock())
        try:
            async with asyncio.timeout(TRIAL_S):
                hunt.know(await self._known())
                return await work(hunt)
        except SourceError as error:
            return Trial(words, refusal=Refusal(error.code, "", error.detail))
        except TimeoutError:
            hunt.refuse_first(Refusal(PollFailure.TIMEOUT))
            return hunt.trial(words)
        except Exception as error:  # the boundary: the editor is told, the log has the trace
            log.exception("trying a source")
            return Trial(words, refusal=Refusal(Refused.UNAVAILABLE, "", type(error).__name__))

    async def _discover(self, words: str, hunt: "_Hunt") -> Trial:
        wanted = recognise(words)
        if wanted.closed:
            return Trial(words, refusal=Refusal(Refused.NO_SUCH_CHANNEL))
        if not wanted.understood:
            return Trial(words, refusal=Refusal(Refused.NOT_UNDERSTOOD))
        await self._attempts(wanted.attempts, hunt)
        if wanted.lookup and not hunt.has_entries:
            await self._look_up(wanted.lookup, hunt)
        if wanted.page and not hunt.has_entries:
            await self._look_through(wanted.page, hunt, guessed="://" not in words)
        return hunt.trial(words)

    async def _preview(self, spec: SourceSpec, hunt: "_Hunt") -> Trial:
        got = await self._get(spec.url, own=dict(spec.headers))
        spec = _as_it_looks(spec, got)
        read = await self._read(got, spec.kind, spec.recipe)
        found = proposal_of(spec, Service(spec.kind.value), read, hunt.now)
        told = tuple(one for one in found.remarks if one is not Remark.GUESSED)
        return Trial(spec.url, (hunt.with_known(replace(found, remarks=told), spec.url),))

    async def _attempts(self, attempts: Sequence[Attempt], hunt: "_Hunt") -> None:
        for attempt in attempts:
            if attempt.fallback and hunt.has_entries:
                continue
            try:
                await self._try(attempt, hunt)
            except SourceError as error:
                if attempt.kind is SourceKind.TELEGRAM and error.code is PollFailure.NO_ITEMS:
                    hunt.refuse(Refusal(Refused.NO_SUCH_CHANNEL, attempt.url))
                else:
                    hunt.failed(error, attempt.url)

    async def _try(self, attempt: Attempt, hunt: "_Hunt") -> None:
        await self._propose(await self._get(attempt.url), attempt, hunt)

    async def _guess(self, attempt: Attempt, hunt: "_Hunt") -> None:
        """A place that may not even be there does not use up the time of the others."""
        try:
            async with asyncio.timeout(GUESS_S):
                await self._try(attempt, hunt)
        except TimeoutError as error:
            raise SourceError(PollFailure.TIMEOUT, f"over {GUESS_S:g} s") from error

    async def _propose(self, got: Fetched, attempt: Attempt, hunt: "_Hunt") -> None:
        """Read what was fetched as the attempt says. Raises SourceError."""
        reading = await self._read(got, attempt.kind, attempt.recipe)
        moved = bool(got.redirects) and all(status in _PERMANENT for status, _ in got.redirects)
        url = got.url if moved else got.requested_url.partition("#")[0]
        title = attempt.title or reading.title or url
        spec = SourceSpec(
            key=key_of(url),
            url=url,
            title=title,
            column=column_guess(attempt.service, title),
            lang=reading.lang,
            site_url=reading.site_url,
            kind=attempt.kind,
            recipe=attempt.recipe,
            hot=guess_hot(url, dated=any(entry.published_at for entry in reading.entries)),
        )
        service = attempt.service
        if service is Service.FEED and audio_feed(got.body):
            service = Service.PODCAST
        found = proposal_of(spec, service, reading, hunt.now)
        if moved:
            found = replace(found, remarks=(*found.remarks, Remark.MOVED))
        hunt.add(found, got.requested_url)

    # --- places that name a source ---------------------------------------------------------------

    async def _look_up(self, lookup: Lookup, hunt: "_Hunt") -> None:
        try:
            got = await self._get(lookup.url)
        except SourceError as error:
            hunt.failed(error, lookup.url)
            return
        if lookup.how is How.YOUTUBE_PAGE:
            url, service = video_feed(decode(got.body).text), Service.YOUTUBE
        else:
            url, service = _podcast_feed(got.body), Service.PODCAST
        if not url:
            hunt.refuse(Refusal(Refused.NO_SUCH_CHANNEL, lookup.url))
            return
        await self._attempts((Attempt(service, url),), hunt)

    async def _look_through(self, url: str, hunt: "_Hunt", *, guessed: bool) -> None:
        """What the address itself is, else what its page names."""
        try:
            got = await self._get(url)
        except SourceError as error:
            if not guessed or error.code not in _NO_HTTPS:
                hunt.failed(error, url)
                return
            # Typed without a scheme, and no browser would give up here either.
            got = await self._get(url.replace("https://", "http://", 1))
        shape = looks(got.body, got.headers.get("content-type", ""))
        try:
            await self._by_shape(got, shape, hunt)
        except SourceError as error:
            hunt.failed(error, url)

    async def _by_shape(self, got: Fetched, shape: Looks, hunt: "_Hunt") -> None:
        match shape:
            case Looks.SITEMAP:
                attempt = Attempt(Service.SITEMAP, got.url, SourceKind.SITEMAP)
                await self._propose(got, attempt, hunt)
            case Looks.JSON:
                await self._propose_json(got, hunt)
            case Looks.ROBOTS:
                await self._sitemaps(sitemaps_named(got.body, got.url), hunt)
            case Looks.PAGE:
                await self._page(got, hunt)
            case Looks.FEED:
                await self._propose(got, Attempt(Service.FEED, got.url), hunt)

    async def _propose_json(self, got: Fetched, hunt: "_Hunt") -> None:
        try:
            await self._lists(got, SourceKind.JSON, Service.JSON, hunt)
        except SourceError:
            await self._propose(got, Attempt(Service.FEED, got.url), hunt)

    async def _lists(
        self, got: Fetched, kind: SourceKind, service: Service, hunt: "_Hunt"
    ) -> None:
        """Proposals for lists whose place is guessed. Raises SourceError when there is none."""
        content_type = got.headers.get("content-type", "")
        document = Document(got.body, got.url, content_type, hunt.now, kind)
        try:
            recipes = await self._workers.run(propose_job, document, urgent=True)
        except WorkerFailed as error:
            raise SourceError(PollFailure.NOT_A_FEED, f"parser stopped: {error}") from error
        for recipe in recipes:
            attempt = Attempt(service, got.url, kind, recipe, hunt.title_of(got))
            try:
                await self._propose(got, attempt, hunt)
            except SourceError as error:
                hunt.failed(error, got.url)
        if not recipes:
            raise SourceError(PollFailure.NO_ITEMS, "no list in it")

    async def _page(self, got: Fetched, hunt: "_Hunt") -> None:
        """Feeds that the page names, else where they usually are, else sitemaps and its lists."""
        text = decode(got.body, got.headers.get("content-type", "")).text
        named = named_feeds(text, got.url)[:MOST_NAMED]
        await self._feeds(named, hunt, most=MOST_PROPOSALS)
        if hunt.has_entries:
            return
        await self._feeds(usual_feeds(got.url)[:MOST_USUAL], hunt, most=1)
        if not hunt.has_entries:
            await self._feeds(await self._named_at_home(got.url), hunt, most=1)
        if hunt.has_entries:
            return
        try:
            await self._lists(got, SourceKind.PAGE, Service.PAGE, hunt)
        except SourceError as error:
            hunt.refuse(Refusal(Refused.NOTHING_FOUND, got.url, error.detail))
        await self._site(got.url, hunt)

    async def _named_at_home(self, url: str) -> tuple[str, ...]:
        """The feeds that the site's first page names, for who typed the address of an article."""
        root = f"{_site_of(url)}/"
        if root == url:
            return ()
        try:
            home = await self._get(root)
        except SourceError:
            return ()
        text = decode(home.body, home.headers.get("content-type", "")).text
        return named_feeds(text, home.url)[:MOST_NAMED]

    async def _feeds(self, urls: Iterable[str], hunt: "_Hunt", *, most: int) -> None:
        found = 0
        for url in urls:
            try:
                await self._guess(Attempt(Service.FEED, url), hunt)
                found += 1
            except SourceError:
                continue  # a place that might have had one
            if found >= most:
                return

    async def _site(self, url: str, hunt: "_Hunt") -> None:
        """The sitemaps that the site's robots.txt names, else the usual one."""
        root = _site_of(url)
        named: tuple[str, ...] = ()
        try:
            got = await self._get(f"{root}/robots.txt")
            named = sitemaps_named(got.body, got.url)
        except SourceError:
            pass
        await self._sitemaps(named or (f"{root}/sitemap.xml",), hunt)

    async def _sitemaps(self, urls: Sequence[str], hunt: "_Hunt") -> None:
        for url in urls[:MOST_SITEMAPS]:
            try:
                await self._guess(Attempt(Service.SITEMAP, url, SourceKind.SITEMAP), hunt)
            except SourceError:
                continue

    # --- fetching and reading --------------------------------------------------------------------

    async def _read(self, got: Fetched, kind: SourceKind, recipe: Recipe) -> FeedReading:
        read = await self._documents.read(got, kind, recipe, self._clock(), self._fetcher.fetch)
        return read.reading

    async def _get(self, url: str, own: dict[str, str] | None = None) -> Fetched:
        got = await self._fetcher.fetch(url, own_headers=own, max_bytes=DOCUMENT_BYTES)
        if got.status != 200:  # noqa: PLR2004  HTTP OK
            other = PollFailure.UNAVAILABLE if got.status >= _SERVER_ERROR else PollFailure.HTTP
            challenged = got.headers.get("cf-mitigated") == "challenge"
            code = STATUS_FAILURES.get(got.status, other)
            code = PollFailure.CHALLENGED if challenged else code
            raise SourceError(code, f"HTTP {got.status}", status=got.status)
        return got


class _Hunt:
    """What was found so far, and what went wrong on the way."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._known: dict[str, Source] = {}
        self._found: dict[str, Proposal] = {}
        self._refusals: list[Refusal] = []

    def know(self, known: Sequence[Source]) -> None:
        """Which sources there are, by their addresses and those they are about to move to."""
        for source in known:
            self._known.setdefault(_address(source.spec.url), source)
            if source.poll.moved_to:
                self._known.setdefault(_address(source.poll.moved_to), source)

    @property
    def has_entries(self) -> bool:
        return any(found.total for found in self._found.values())

    def add(self, found: Proposal, asked: str) -> None:
        """Keep a proposal, the first of those that are the same."""
        identity = f"{_address(found.spec.url)} {found.spec.recipe.items}"
        self._found.setdefault(identity, self.with_known(found, asked))

    def with_known(self, found: Proposal, asked: str) -> Proposal:
        addresses = (_address(found.spec.url), _address(asked))
        known = next((self._known[one] for one in addresses if one in self._known), None)
        return replace(found, known=known)

    def title_of(self, got: Fetched) -> str:
        """What a list without a title of its own is called by: its host and path."""
        if looks(got.body, got.headers.get("content-type", "")) is Looks.PAGE:
            return ""
        return got.url.partition("://")[2].partition("?")[0].rstrip("/")

    def failed(self, error: SourceError, url: str) -> None:
        self.refuse(Refusal(error.code, url, error.detail))

    def refuse(self, refusal: Refusal) -> None:
        self._refusals.append(refusal)

    def refuse_first(self, refusal: Refusal) -> None:
        """A reason that says more than all that went wrong before."""
        self._refusals.insert(0, refusal)

    def trial(self, words: str) -> Trial:
        """The proposals with entries before those without, or what says most about why none."""
        found = sorted(self._found.values(), key=lambda one: (not one.total, one.rank))
        if any(one.total for one in found):
            found = [one for one in found if one.total]
        if found:
            return Trial(words, tuple(found[:MOST_PROPOSALS]))
        refusals = sorted(self._refusals, key=_telling)
        return Trial(words, refusal=refusals[0] if refusals else Refusal(Refused.NOTHING_FOUND))


# The reasons that say most about the words first; "nothing here" last.
_VAGUE = (PollFailure.NOT_A_FEED, PollFailure.NO_ITEMS)


def _telling(refusal: Refusal) -> int:
    return 1 if refusal.code in _VAGUE else 0


def _as_it_looks(spec: SourceSpec, got: Fetched) -> SourceSpec:
    """A list is one on a page or in JSON: what came decides, not what was thought before."""
    if spec.kind not in {SourceKind.PAGE, SourceKind.JSON} or not spec.recipe.items:
        return spec
    shape = looks(got.body, got.headers.get("content-type", ""))
    page = shape is not Looks.JSON and got.body.lstrip()[:1] not in {b"{", b"["}
    return replace(spec, kind=SourceKind.PAGE if page else SourceKind.JSON)


def _site_of(url: str) -> str:
    """Scheme and host of an address."""
    return "/".join(url.split("/", 3)[:3])


def _address(url: str) -> str:
    """An address without what makes no other source of it: scheme, "www.", the last slash."""
    plain = canonical_url(url).partition("://")[2].removeprefix("www.")
    return plain.rstrip("/")


def _podcast_feed(body: bytes) -> str:
    """The feed in an answer of Apple's lookup (https://performance-partners.apple.com)."""
    try:
        results = json.loads(body).get("results", [])
        feeds = [one.get("feedUrl", "") for one in results if isinstance(one, dict)]
    except (ValueError, AttributeError, RecursionError):
        return ""
    return next((as_url(one) for one in feeds if isinstance(one, str) and one), "")
