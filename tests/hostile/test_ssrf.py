"""Nobody from outside makes us knock inside: over every spelling, name and redirect."""

from collections.abc import AsyncIterator, Sequence

import pytest
from aiohttp import web

from digest.errors import PollFailure, SourceError
from tests.hostile.inside import OUTSIDE, SECRET, Net, two_places
from tests.hostile.ssrf_cases import ELSEWHERE, LOOPBACK, NAMES, REFUSED

REDIRECTS = (301, 302, 303, 307, 308)
KEPT_OUT = (PollFailure.REFUSED, PollFailure.DNS)


@pytest.fixture
async def net(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Net]:
    async with two_places(monkeypatch) as made:
        yield made


async def outcome(net: Net, url: str) -> str:
    """ "" when all is well: refused, and no server or socket heard of it; else what happened."""
    try:
        got = await net.fetcher.fetch(url)
    except SourceError as error:
        said = "" if error.code in KEPT_OUT else f"{error.code}: {error.detail}"
    else:
        said = f"answered {got.status} {got.body[:60]!r}"
    dialled, asked = net.wrongly_dialled(), list(net.inside)
    net.inside.clear()
    if dialled or asked:
        said = f"{said} dialled {dialled}, asked {asked}"
    return said


async def wrong(net: Net, urls: Sequence[str]) -> dict[str, str]:
    found = {url: await outcome(net, url.replace("{P}", str(net.port))) for url in urls}
    return {url: said for url, said in found.items() if said}


async def test_this_machine_is_not_reached_in_any_spelling(net: Net) -> None:
    assert await wrong(net, LOOPBACK) == {}


async def test_no_other_place_inside_is_dialled(net: Net) -> None:
    urls = [f"http://{host}:{{P}}/latest/meta-data/" for host in ELSEWHERE]
    assert await wrong(net, urls) == {}
    assert await wrong(net, [f"https://{host}/" for host in ELSEWHERE]) == {}


async def test_other_schemes_and_ports_are_refused(net: Net) -> None:
    assert await wrong(net, REFUSED) == {}


async def test_a_name_says_nothing_about_where_it_leads(net: Net) -> None:
    net.zone.names.update({name: list(turns) for name, turns in NAMES.items()})
    net.zone.rule = lambda name: ("127.0.0.1",) if name.endswith(".any.test") else None
    urls = [f"http://{name}:{{P}}/" for name in (*NAMES, "x.any.test", "10.0.0.1.any.test")]
    assert await wrong(net, urls) == {}
    assert {"plain.test", "alias.test", "x.any.test"} <= set(net.zone.asked)


async def test_a_name_that_changes_its_mind_gains_nothing(net: Net) -> None:
    async def back_to_itself(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"http://rebinding.test:{net.port}/secret")

    net.answers["/go"] = back_to_itself
    net.zone.names["rebinding.test"] = [(OUTSIDE,), ("127.0.0.1",)]
    first = await net.fetcher.fetch(f"http://rebinding.test:{net.port}/go")
    # Within one visit the address that was checked is kept ...
    assert (first.status, net.wrongly_dialled(), net.inside) == (404, [], [])
    async with net.fetching() as later:
        # ... and later it is checked again.
        net.fetcher = later
        assert await outcome(net, f"http://rebinding.test:{net.port}/secret") == ""
    assert net.zone.asked.count("rebinding.test") == 2


async def test_of_mixed_answers_only_those_outside_are_dialled(net: Net) -> None:
    async def here(_: web.Request) -> web.StreamResponse:
        return web.Response(text="outside")

    net.answers["/"] = here
    for number, mixed in enumerate((("127.0.0.1", OUTSIDE), (OUTSIDE, "::1"), ("::1", OUTSIDE))):
        net.zone.names[f"mixed{number}.test"] = [mixed]
        got = await net.fetcher.fetch(f"http://mixed{number}.test:{net.port}/")
        assert (got.body, net.wrongly_dialled(), net.inside) == (b"outside", [], []), mixed


TARGETS = (
    "http://127.0.0.1:{P}/",
    "http://[::1]:{P}/",
    "//127.0.0.1:{P}/",
    "///127.0.0.1:{P}/",
    "\\\\127.0.0.1:{P}\\",
    "/\\127.0.0.1:{P}/",
    "http:\\\\127.0.0.1:{P}/",
    "http:127.0.0.1:{P}",
    "HTTP://0x7f000001:{P}/",
    " http://2130706433:{P}/ ",
    "http://localhost:{P}/",
    "http://inner.test:{P}/",
    "http://user:word@127.0.0.1:{P}/",
    "http://127.0.0.2:{P}@127.0.0.1:{P}/",
    "http://[::ffff:7f00:1]:{P}/",
    "https://127.0.0.1:{P}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.2:22/",
    "file:///etc/passwd",
    "ftp://127.0.0.1:{P}/",
    "gopher://127.0.0.1:{P}/_x",
    "data:text/html,x",
    "javascript:alert(1)",
    "ws://127.0.0.1:{P}/",
    "http://[",
)
# These go nowhere else: what a browser takes for a host is a path on the same server.
_STAY = frozenset(TARGETS[3:8])


@pytest.mark.parametrize("status", REDIRECTS)
async def test_a_redirect_is_judged_as_an_address_of_its_own(net: Net, status: int) -> None:
    net.zone.names["inner.test"] = [("127.0.0.1",)]

    async def go(request: web.Request) -> web.StreamResponse:
        target = TARGETS[int(request.query["to"])].replace("{P}", str(net.port))
        return web.Response(status=status, headers={"Location": target.encode().decode("latin-1")})

    async def chain(request: web.Request) -> web.StreamResponse:
        left = int(request.query["left"])
        further = f"/chain?left={left - 1}" if left else f"http://127.0.0.1:{net.port}/"
        return web.Response(status=status, headers={"Location": further})

    net.answers.update({"/go": go, "/chain": chain})
    found = {
        target: await outcome(net, f"{net.base}/go?to={number}")
        for number, target in enumerate(TARGETS)
    }
    assert {target: said for target, said in found.items() if said and target not in _STAY} == {}
    assert all(said in {"", "answered 404 b''"} for said in found.values())
    assert await outcome(net, f"{net.base}/chain?left=4") == ""


async def test_what_only_browsers_follow_is_not_followed(net: Net) -> None:
    inner = f"http://127.0.0.1:{net.port}/"
    headers = {
        "Refresh": f"0; url={inner}",
        "Link": f"<{inner}>; rel=preload",
        "Content-Location": inner,
        "Location": inner,
        "Alt-Svc": f'h2="127.0.0.1:{net.port}"',
    }

    async def sly(request: web.Request) -> web.StreamResponse:
        text = f'<meta http-equiv="refresh" content="0;url={inner}"><base href="{inner}">'
        return web.Response(status=int(request.query["status"]), text=text, headers=headers)

    net.answers["/sly"] = sly
    for status in (200, 201, 300, 304, 305, 306, 401, 407, 503):
        got = await net.fetcher.fetch(f"{net.base}/sly?status={status}")
        assert (got.status, net.wrongly_dialled(), net.inside) == (status, [], [])


async def test_secrets_for_one_host_do_not_go_along_to_another(net: Net) -> None:
    net.zone.names["other.test"] = [(OUTSIDE,)]

    async def away(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"http://other.test:{net.port}/end")

    net.answers["/go"] = away
    secret = {"Cookie": "s=1", "authorization": "Bearer x", "X-Api-Key": "k"}
    await net.fetcher.fetch(f"{net.base}/go", own_headers=secret)
    first, last = net.outside
    assert {"Cookie", "Authorization", "X-Api-Key"} <= set(first.headers)
    assert not {"Cookie", "Authorization", "X-Api-Key", "Referer"} & set(last.headers)


async def test_proxies_of_the_environment_are_not_asked(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{net.port}")
    assert (await net.fetcher.fetch(f"{net.base}/x")).status == 404
    assert (net.wrongly_dialled(), net.inside) == ([], [])


async def test_the_list_of_exceptions_opens_what_it_names_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with two_places(monkeypatch, allow=("127.0.0.1", "10.0.0.0/8:1200")) as net:
        reached = await net.fetcher.fetch(f"http://127.0.0.1:{net.port}/")
        assert SECRET.encode() in reached.body
        assert net.inside == [f"127.0.0.1:{net.port}/"]
        net.inside.clear()
        net.wrongly_dialled()
        # A tunnel whose one end is allowed and whose other end is inside (10.0.0.1), and more.
        tunnel = "[2001:0:7f00:1:8000:63bf:f5ff:fffe]"
        others = ("127.0.0.2", "127.0.0.3", "[::1]", "10.0.0.1", "192.168.0.1", "[::]", tunnel)
        assert await wrong(net, [f"http://{host}:{{P}}/" for host in others]) == {}
        assert await wrong(net, ["http://127.0.0.1:22/", "http://127.0.0.1:1200/"]) == {}
