"""The pages of posts: sealed before they are published, open to all afterwards."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from digest.model import Access, Lang
from digest.posts import Post, PostKind, PostText
from digest.seals import KEY_NAME, POST, SIGNAL, make_seal
from digest.texts import texts_for
from storage import Editor, NewPost, Storage
from storage.posted import publishable
from tests.bot.web.samples import NOW
from tests.covering import covers

Client = TestClient[Any, Any]
EDITOR = Editor("user:7", 7, NOW)
JPEG = b"\xff\xd8\xff\xe0 a picture"
TEXT = PostText(
    "我们的模型目录上线 <script>",
    (
        "收录 120 个模型。详见 https://hexin.example/models，欢迎订阅。",
        "内网 http://10.0.0.1/x 与 http://localhost:8080/y 打不开，javascript:alert(1) 也不行。",
    ),
)


@pytest.fixture(params=[Lang.ZH, Lang.EN], ids=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> Lang:
    found: Lang = request.param
    return found


@pytest.fixture
async def post(storage: Storage) -> Post:
    """A draft of an editor's own words, with a picture."""
    photo = await storage.posts.keep_photo(JPEG, (640, 400), NOW)
    new = NewPost(PostKind.WORDS, 7, TEXT, column="ai", photo_id=photo.id)
    made = await storage.posts.start(new, EDITOR)
    return await storage.posts.change(made, "post.signature", EDITOR, signature="王编辑")


async def sealed(storage: Storage, path: str, number: int, of: str = POST) -> str:
    key = await storage.meta.secret(KEY_NAME)
    return f"{path}?k={make_seal(key, number, NOW, of=of)}"


async def fetch(client: Client, path: str) -> tuple[int, str]:
    async with client.get(path) as response:
        return response.status, await response.text()


@covers("page /post/{id}", "page /post/{id}/photo.jpg")
async def test_a_draft_is_seen_by_its_sealed_link_alone(
    client: Client, storage: Storage, post: Post, lang: Lang
):
    assert (await fetch(client, f"/post/{post.id}"))[0] == 404
    assert (await fetch(client, f"/post/{post.id}/photo.jpg"))[0] == 404
    wrong = await sealed(storage, f"/post/{post.id}", post.id, of="signal")
    assert (await fetch(client, wrong))[0] == 404
    link = await sealed(storage, f"/post/{post.id}", post.id)
    async with client.get(f"{link}&lang={lang.value}") as response:
        page = await response.text()
        assert response.headers["X-Robots-Tag"] == "noindex"
    texts = texts_for(lang)
    assert texts("web.draft") in page
    assert texts("web.tier.editor") in page
    assert "我们的模型目录上线 &lt;script&gt;" in page
    assert f"/post/{post.id}/photo.jpg?k=" in page
    photo = await sealed(storage, f"/post/{post.id}/photo.jpg", post.id)
    async with client.get(photo) as response:
        assert await response.read() == JPEG
        assert response.content_type == "image/jpeg"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_picture_for_subscribers_is_kept_by_no_cache_between(
    client: Client, storage: Storage, post: Post
):
    made = await publishable(storage, post, NOW)
    assert made is not None
    number = (await storage.posts.publish(post, made, EDITOR)).signal_id
    assert number is not None
    path = f"/s/{number}/photo.jpg"
    async with client.get(path) as response:
        assert response.headers["Cache-Control"].startswith("public")
    await storage.signals.set_access(number, Access.SUBSCRIBERS, actor="user:7", now=NOW)
    assert (await fetch(client, path))[0] == 404
    async with client.get(await sealed(storage, path, number, SIGNAL)) as response:
        assert await response.read() == JPEG
        assert response.headers["Cache-Control"].startswith("private")


@covers("page /s/{id}/photo.jpg")
async def test_a_published_post_is_a_page_like_all_others(
    client: Client, storage: Storage, post: Post, lang: Lang
):
    made = await publishable(storage, post, NOW)
    assert made is not None
    out = await storage.posts.publish(post, made, EDITOR)
    status, page = await fetch(client, f"/s/{out.signal_id}?lang={lang.value}")
    assert status == 200
    texts = texts_for(lang)
    assert texts("web.text.own") in page
    assert texts("web.tier.editor.explain") in page
    assert texts("web.score.editor") in unescape(page)
    assert texts("web.draft") not in page
    assert f"/s/{out.signal_id}/photo.jpg" in page
    async with client.get(f"/s/{out.signal_id}/photo.jpg") as response:
        assert await response.read() == JPEG
    link = await sealed(storage, f"/post/{post.id}", post.id)
    async with client.get(link, allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["Location"].startswith(f"/s/{out.signal_id}")
    withdrawn = await storage.posts.withdraw(out, EDITOR)
    assert (await fetch(client, f"/s/{withdrawn.signal_id}"))[0] == 410
    assert (await fetch(client, f"/s/{withdrawn.signal_id}/photo.jpg"))[0] == 410


async def test_links_in_an_editors_words_lead_to_the_public_web_alone(
    client: Client, storage: Storage, post: Post
):
    _, page = await fetch(client, await sealed(storage, f"/post/{post.id}", post.id))
    assert (
        '<a href="https://hexin.example/models" rel="noopener noreferrer nofollow external">'
        in page
    )
    for local in ("http://10.0.0.1/x", "http://localhost:8080/y", "javascript:alert(1)"):
        assert local in page
        assert f'href="{local}' not in page


async def test_an_old_seal_opens_nothing(client: Client, storage: Storage, post: Post):
    key = await storage.meta.secret(KEY_NAME)
    old = make_seal(key, post.id, NOW - timedelta(days=40), of=POST)
    assert (await fetch(client, f"/post/{post.id}?k={old}"))[0] == 404


async def test_a_dropped_draft_is_seen_by_nobody(client: Client, storage: Storage, post: Post):
    await storage.posts.change(post, "post.drop", EDITOR, state="dropped")
    assert (await fetch(client, await sealed(storage, f"/post/{post.id}", post.id)))[0] == 404


async def test_a_signal_without_a_picture_has_none(client: Client, storage: Storage):
    new = NewPost(PostKind.WORDS, 7, TEXT, column="ai")
    plain = await storage.posts.start(new, EDITOR)
    made = await publishable(storage, plain, NOW)
    assert made is not None
    out = await storage.posts.publish(plain, made, EDITOR)
    assert (await fetch(client, f"/s/{out.signal_id}/photo.jpg"))[0] == 404
