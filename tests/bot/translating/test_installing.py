"""Putting models on the shelf: whole or not at all."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from aiohttp import web

from bot.translating import shelf as shelf_module
from bot.translating.installing import Wanted, install
from bot.translating.shelf import KnownModel, ModelError, ModelFile, Shelf, known_models
from tests.bot.translating.conftest import NOW, Remote, silent

MODEL, VOCABULARY = b"weights " * 5000, b"pieces " * 300


def folder_with(folder: Path, *, packed: bool = True, pair: str = "enzh") -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in (
        (f"model.{pair}.intgemm.alphas.bin", MODEL),
        (f"srcvocab.{pair}.spm", VOCABULARY),
        (f"trgvocab.{pair}.spm", VOCABULARY),
    ):
        written = gzip.compress(content) if packed else content
        (folder / (name + ".gz" if packed else name)).write_bytes(written)
    (folder / "modelMeta.json").write_text("{}")
    return folder


async def add(shelf: Shelf, origin: Path | str, pair: str = "en-zh", *, replace: bool = False):
    return await install(Wanted(pair, str(origin), replace), shelf, progress=silent, now=NOW)


@pytest.mark.parametrize("packed", [True, False])
async def test_a_folder_packed_or_not_is_unpacked_and_recorded(tmp_path: Path, packed: bool):
    shelf = Shelf(tmp_path / "data")
    origin = folder_with(tmp_path / "from", packed=packed)

    model = await add(shelf, origin)

    assert model == shelf.get("en-zh")
    assert (model.folder / "model.enzh.intgemm.alphas.bin").read_bytes() == MODEL
    assert model.file("model").sha256 == hashlib.sha256(MODEL).hexdigest()
    assert model.origin == str(origin)
    assert model.added_at == "2026-05-04T08:00:00+00:00"
    assert not any(file.known for file in model.files)
    assert sorted(path.name for path in shelf.folder.iterdir()) == ["en-zh"]


async def test_another_version_needs_to_be_wanted(tmp_path: Path):
    shelf = Shelf(tmp_path / "data")
    origin = folder_with(tmp_path / "from")
    await add(shelf, origin)
    await add(shelf, origin)  # the same again changes nothing
    (origin / "srcvocab.enzh.spm.gz").write_bytes(gzip.compress(b"other"))

    with pytest.raises(ModelError, match=r"已经装有另一版本.*--replace"):
        await add(shelf, origin)
    model = shelf.get("en-zh")
    assert model is not None
    assert (model.folder / "srcvocab.enzh.spm").read_bytes() == VOCABULARY

    replaced = await add(shelf, origin, replace=True)
    assert (replaced.folder / "srcvocab.enzh.spm").read_bytes() == b"other"


@pytest.mark.parametrize("pair", ["enzh", "en-", "../x", "en-en", "EN-ZH", ""])
async def test_what_is_no_pair_is_refused(tmp_path: Path, pair: str):
    with pytest.raises(ModelError, match="不是语言对"):
        await add(Shelf(tmp_path), tmp_path, pair)


async def test_an_incomplete_folder_is_refused_and_leaves_nothing(tmp_path: Path):
    shelf = Shelf(tmp_path / "data")
    origin = folder_with(tmp_path / "from")
    (origin / "trgvocab.enzh.spm.gz").unlink()
    with pytest.raises(ModelError, match="完整模型"):
        await add(shelf, origin)
    with pytest.raises(ModelError, match="没有这个文件夹"):
        await add(shelf, tmp_path / "nowhere")
    assert shelf.all() == ()
    assert list(shelf.folder.iterdir()) == []


async def test_a_broken_archive_is_refused(tmp_path: Path):
    shelf = Shelf(tmp_path / "data")
    origin = folder_with(tmp_path / "from")
    whole = gzip.compress(MODEL)
    (origin / "model.enzh.intgemm.alphas.bin.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="不是完整的 gzip"):
        await add(shelf, origin)
    assert shelf.all() == ()


async def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.translating.installing.MOST_BYTES", 10_000)
    with pytest.raises(ModelError, match="不像模型"):
        await add(Shelf(tmp_path / "data"), folder_with(tmp_path / "from"))


async def test_an_unknown_pair_needs_an_origin(tmp_path: Path):
    with pytest.raises(ModelError, match=r"不认识 sv-fi.*--from"):
        await add(Shelf(tmp_path), "", "sv-fi")


# --- from the network ------------------------------------------------------------------------


def serve(remote: Remote, folder: Path, under: str = "/m") -> str:
    for path in folder.iterdir():
        content = path.read_bytes()
        remote.on(f"GET {under}/{path.name}", lambda _, c=content: web.Response(body=c))
    return f"{remote.base}{under}"


async def test_a_url_is_fetched_with_progress(tmp_path: Path, remote: Remote):
    shelf = Shelf(tmp_path / "data")
    url = serve(remote, folder_with(tmp_path / "from"))
    seen: list[tuple[str, int, int]] = []

    await install(Wanted("en-zh", url), shelf, progress=lambda *told: seen.append(told), now=NOW)

    assert shelf.get("en-zh") is not None
    assert {name for name, _, _ in seen} == {
        "model.enzh.intgemm.alphas.bin.gz",
        "srcvocab.enzh.spm.gz",
        "trgvocab.enzh.spm.gz",
    }
    assert all(done == total for _, done, total in seen[-1:])


async def test_a_pair_nobody_knows_is_found_by_its_usual_names(tmp_path: Path, remote: Remote):
    url = serve(remote, folder_with(tmp_path / "from", packed=False, pair="svfi"))
    model = await add(Shelf(tmp_path / "data"), url, "sv-fi")
    assert [file.role for file in model.files] == ["model", "source", "target"]


async def test_a_broken_download_goes_on_where_it_stopped(
    tmp_path: Path, remote: Remote, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.translating.download._SILENCE_S", 0.3)
    shelf = Shelf(tmp_path / "data")
    url = serve(remote, folder_with(tmp_path / "from"))
    path = "GET /m/model.enzh.intgemm.alphas.bin.gz"
    whole = gzip.compress(MODEL)
    half = len(whole) // 2

    def cut(_: object) -> web.StreamResponse:
        # Announces all of it and is silent after half.
        return web.Response(body=whole[:half], headers={"Content-Length": str(len(whole))})

    def rest(_: object) -> web.StreamResponse:
        asked = remote.headers[-1].get("Range")
        assert asked == f"bytes={half}-"
        return web.Response(status=206, body=whole[half:])

    remote.on(path, cut, rest)
    with pytest.raises(ModelError, match="接着下载"):
        await add(shelf, url)
    assert shelf.all() == ()

    model = await add(shelf, url)
    assert (model.folder / "model.enzh.intgemm.alphas.bin").read_bytes() == MODEL


async def test_missing_files_and_errors_are_told(tmp_path: Path, remote: Remote):
    shelf = Shelf(tmp_path / "data")
    with pytest.raises(ModelError, match=r"没有 model.*404.*--from"):
        await add(shelf, f"{remote.base}/nothing")
    remote.on("GET /m/model.enzh.intgemm.alphas.bin.gz", lambda _: web.Response(status=503))
    with pytest.raises(ModelError, match="回答 503"):
        await add(shelf, f"{remote.base}/m")
    await_closed = "http://127.0.0.1:9"
    with pytest.raises(ModelError, match="中断"):
        await add(shelf, await_closed)


async def test_too_large_a_file_is_refused_before_it_is_read(
    tmp_path: Path, remote: Remote, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.translating.installing.MOST_BYTES", 1_000)
    url = serve(remote, folder_with(tmp_path / "from", packed=False))
    with pytest.raises(ModelError, match="不像模型"):
        await add(Shelf(tmp_path / "data"), url)


async def test_files_from_the_known_place_must_be_the_known_ones(
    tmp_path: Path, remote: Remote, monkeypatch: pytest.MonkeyPatch
):
    url = serve(remote, folder_with(tmp_path / "from"))
    right = {
        "model.enzh.intgemm.alphas.bin": MODEL,
        "srcvocab.enzh.spm": VOCABULARY,
        "trgvocab.enzh.spm": VOCABULARY,
    }
    files = tuple(
        ModelFile(name, len(content), hashlib.sha256(content).hexdigest(), known=True)
        for name, content in right.items()
    )
    table = {"en-zh": KnownModel("en-zh", "base-memory", "v1", url, "MPL-2.0", files)}
    monkeypatch.setattr("bot.translating.installing.known_models", lambda: table)
    shelf = Shelf(tmp_path / "data")

    model = await add(shelf, "")
    assert model.title == "firefox en-zh base-memory"
    assert (model.licence, model.version) == ("MPL-2.0", "v1")
    assert all(file.known for file in model.files)

    shelf.remove("en-zh")
    remote.on(
        "GET /m/srcvocab.enzh.spm.gz", lambda _: web.Response(body=gzip.compress(b"tampered"))
    )
    with pytest.raises(ModelError, match="校验和不符"):
        await add(shelf, "")
    assert shelf.all() == ()


# --- the shelf -------------------------------------------------------------------------------


def test_the_known_models_are_whole():
    assert {"en-zh", "ja-en", "ko-en"} <= known_models().keys()
    for pair, model in known_models().items():
        assert model.url.startswith("https://")
        assert all(len(file.sha256) == 64 and file.bytes > 100_000 for file in model.files), pair
    roles = [file.role for file in known_models()["en-zh"].files]
    assert roles == ["model", "source", "target"]


async def test_a_damaged_manifest_hides_only_its_own_model(tmp_path: Path):
    shelf = Shelf(tmp_path / "data")
    await add(shelf, folder_with(tmp_path / "from"))
    for name, content in (("fr-en", "{"), ("de-en", json.dumps({"pair": 1})), ("es-en", "[]")):
        (shelf.folder / name).mkdir()
        (shelf.folder / name / shelf_module.MANIFEST).write_text(content)
    assert [model.pair for model in shelf.all()] == ["en-zh"]
    assert shelf.remove("en-zh")
    assert not shelf.remove("en-zh")
