"""Putting a model on the shelf: fetch or copy, unpack, check, and only then let it be seen.

What was fetched stays beside the shelf until it is whole, so that a second try goes on where the
first one broke off. The pair's folder appears by one rename.
"""

import gzip
import hashlib
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.translating.download import Downloads
from bot.translating.shelf import (
    InstalledModel,
    KnownModel,
    ModelError,
    ModelFile,
    Shelf,
    checked_pair,
    known_models,
    role_of,
    write_manifest,
)

# The largest of Mozilla's models has 60 MB; a page that a proxy put in its place is none.
MOST_BYTES = 250_000_000
_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"

# What a progress bar needs: file name, bytes so far, bytes in all (0 when unknown).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One `hexin models add`: `origin` is a folder or URL, "" for Mozilla's own storage.

    `replace` lets files take the place of different ones that are there already.
    """

    pair: str
    origin: str = ""
    replace: bool = False


async def install(
    wanted: Wanted, shelf: Shelf, *, progress: Progress, now: datetime
) -> InstalledModel:
    """Add a model and return it as it stands on the shelf. Raises ModelError, in Chinese.

    Nothing on the shelf changes unless every file came whole and passed its check.
    """
    pair = checked_pair(wanted.pair)
    known = known_models().get(pair)
    shelf.folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".new-{pair}-", dir=shelf.folder))
    try:
        files = [
            _unpacked(source, staging, known)
            for source in await _sources(wanted, known, shelf, progress)
        ]
        model = _described(wanted, known, tuple(files), staging, now)
        _refuse_surprises(model, known, shelf.get(pair), wanted)
        write_manifest(model)
        return _shown(model, shelf)
    except OSError as error:
        raise ModelError(f"写不进 {shelf.folder}：{error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


async def _sources(
    wanted: Wanted, known: KnownModel | None, shelf: Shelf, progress: Progress
) -> list[Path]:
    """The model's files as they came, packed or not."""
    if wanted.origin and not wanted.origin.startswith(("http://", "https://")):
        return _in_folder(wanted.origin, wanted.pair)
    if not wanted.origin and known is None:
        listed = "、".join(sorted(known_models()))
        raise ModelError(
            f"不认识 {wanted.pair} 的模型（已知：{listed}）。"
            f"请用 --from 指定放着模型文件的文件夹或网址。"
        )
    url = wanted.origin.rstrip("/") or (known.url if known else "")
    downloads = Downloads(shelf.folder / ".download" / wanted.pair, MOST_BYTES, progress)
    return await downloads.fetch_all(url, _names(wanted.pair, known))


def _names(pair: str, known: KnownModel | None) -> tuple[tuple[tuple[str, int], ...], ...]:
    """What to fetch: alternatives (each a set of files with packed sizes), best first."""
    if known is not None:
        return (tuple((file.name, file.packed) for file in known.files),)
    letters = pair.replace("-", "")
    model = (f"model.{letters}.intgemm.alphas.bin", 0)
    return (
        (model, (f"vocab.{letters}.spm", 0)),
        (model, (f"srcvocab.{letters}.spm", 0), (f"trgvocab.{letters}.spm", 0)),
    )


def _in_folder(origin: str, pair: str) -> list[Path]:
    folder = Path(origin).expanduser()
    if not folder.is_dir():
        raise ModelError(f"没有这个文件夹：{folder}")
    letters = pair.replace("-", "")
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        role = role_of(path.name)
        if path.is_file() and role and letters in path.name.replace("-", ""):
            found.setdefault(role, path)
    if "model" not in found or not ({"vocabulary"} <= found.keys() or _both(found)):
        raise ModelError(
            f"{folder} 里没有 {pair} 的完整模型：需要 model.{letters}.….bin，"
            f"以及 vocab.{letters}.spm（或 srcvocab 与 trgvocab 两个），可以带 .gz"
        )
    return list(found.values())


def _both(found: dict[str, Path]) -> bool:
    return {"source", "target"} <= found.keys()


def _unpacked(source: Path, folder: Path, known: KnownModel | None) -> ModelFile:
    """The file unpacked into `folder` and described; raises ModelError on a broken archive."""
    name = source.name.removesuffix(".gz")
    digest, size = hashlib.sha256(), 0
    try:
        with (folder / name).open("wb") as out:
            for chunk in _plain_chunks(source):
                size += len(chunk)
                if size > MOST_BYTES:
                    raise ModelError(f"{name} 解开后超过 {MOST_BYTES // 1_000_000} MB，不像模型")
                digest.update(chunk)
                out.write(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ModelError(f"{source.name} 不是完整的 gzip 文件：{error}") from error
    told = ModelFile(name, size, digest.hexdigest())
    expected = {file.name: file.sha256 for file in known.files} if known else {}
    return replace(told, known=expected.get(name) == told.sha256)


def _plain_chunks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as raw:
        packed = raw.read(2) == _GZIP
    with gzip.open(source) if packed else source.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _described(
    wanted: Wanted,
    known: KnownModel | None,
    files: tuple[ModelFile, ...],
    folder: Path,
    now: datetime,
) -> InstalledModel:
    same = known is not None and all(file.known for file in files)
    return InstalledModel(
        pair=wanted.pair,
        name=known.name if known and same else "",
        version=known.version if known and same else files[0].sha256[:12],
        origin=wanted.origin or (known.url if known else ""),
        licence=known.licence if known and same else "",
        added_at=now.isoformat(timespec="seconds"),
        files=files,
        folder=folder,
    )


def _refuse_surprises(
    model: InstalledModel, known: KnownModel | None, before: InstalledModel | None, wanted: Wanted
) -> None:
    """Files from Mozilla's storage must be the known ones; others are trusted on first use."""
    if known is not None and not wanted.origin:
        expected = {file.name: file for file in known.files}
        for file in model.files:
            if not file.known:
                raise ModelError(
                    f"{file.name} 的校验和不符，没有安装。\n"
                    f"  应为 {expected[file.name].sha256}（{expected[file.name].bytes:,} 字节）\n"
                    f"  收到 {file.sha256}（{file.bytes:,} 字节）\n"
                    f"请重试；若信任别处的文件，可用 --from 指定。"
                )
    if before is not None and not wanted.replace:
        old = {file.name: file.sha256 for file in before.files}
        new = {file.name: file.sha256 for file in model.files}
        if old != new:
            raise ModelError(
                f"{wanted.pair} 已经装有另一版本（{before.version}），没有改动。"
                f"确要换掉，请加 --replace。"
            )


def _shown(model: InstalledModel, shelf: Shelf) -> InstalledModel:
    """The staged folder in its place; the former one goes only after that."""
    place = shelf.folder / model.pair
    former = shelf.folder / f".old-{model.pair}"
    shutil.rmtree(former, ignore_errors=True)
    if place.exists():
        place.rename(former)
    model.folder.chmod(0o755)  # mkdtemp made it private; the weights are no secret
    model.folder.rename(place)
    shutil.rmtree(former, ignore_errors=True)
    shutil.rmtree(shelf.folder / ".download" / model.pair, ignore_errors=True)
    return replace(model, folder=place)
