"""The translation models on this machine: DATA_DIR/models/<pair>/ and what is known of each."""

import hashlib
import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from digest.errors import HexinError
from digest.regexes import regex

MANIFEST = "manifest.json"
_PAIR = regex(r"([a-z]{2,3})-([a-z]{2,3})")
_CHUNK = 1 << 20


class ModelError(HexinError):
    """A model cannot be had, kept or used; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One unpacked file. `known` says whether its checksum was known before it came."""

    name: str
    bytes: int
    sha256: str
    known: bool = False
    packed: int = 0

    @property
    def role(self) -> str:
        """What it is to the engine: "model", "source", "target" or "vocabulary"; "" unknown."""
        return role_of(self.name)


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model of the bundled table: where it lies and what its files must be."""

    pair: str
    name: str
    version: str
    url: str
    licence: str
    files: tuple[ModelFile, ...]


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model in the data folder, as its manifest says. `added_at` is ISO 8601 UTC."""

    pair: str
    name: str
    version: str
    origin: str
    licence: str
    added_at: str
    files: tuple[ModelFile, ...]
    folder: Path

    @property
    def title(self) -> str:
        """As pages name the engine."""
        return " ".join(part for part in ("firefox", self.pair, self.name) if part)

    def file(self, *roles: str) -> ModelFile:
        """The first file with one of these roles, most wanted first. Raises ModelError."""
        for role in roles:
            for file in self.files:
                if file.role == role:
                    return file
        raise ModelError(f"{self.pair} 的模型缺少文件：{roles[0]}")


def role_of(name: str) -> str:
    """The role of a file by Mozilla's naming (with or without .gz), "" for any other file."""
    plain = name.removesuffix(".gz")
    for pattern, role in (
        (r"model\..*\.bin", "model"),
        (r"srcvocab\..*\.spm", "source"),
        (r"trgvocab\..*\.spm", "target"),
        (r"vocab\..*\.spm", "vocabulary"),
    ):
        if re.fullmatch(pattern, plain):
            return role
    return ""


def checked_pair(pair: str) -> str:
    """`pair` when it reads like "en-zh"; raises ModelError."""
    match = _PAIR.fullmatch(pair)
    if not match or match.group(1) == match.group(2):
        raise ModelError(f"“{pair}”不是语言对，应像 en-zh 这样写")
    return pair


class Shelf:
    """The folder of models. Reading it never fails for one damaged entry: that one is left out."""

    def __init__(self, data_dir: Path) -> None:
        # Absolute: worker processes run in another folder.
        self.folder = data_dir.absolute() / "models"

    def all(self) -> tuple[InstalledModel, ...]:
        """The usable models, by pair."""
        return tuple(self._readable())

    def get(self, pair: str) -> InstalledModel | None:
        """The model of a pair, None when there is none (or its manifest is unreadable)."""
        return next((model for model in self.all() if model.pair == pair), None)

    def remove(self, pair: str) -> bool:
        """Delete a pair's folder. False when there was none."""
        folder = self.folder / checked_pair(pair)
        if not folder.is_dir():
            return False
        shutil.rmtree(folder)
        return True

    def _readable(self) -> Iterator[InstalledModel]:
        if not self.folder.is_dir():
            return
        for folder in sorted(self.folder.iterdir()):
            if _PAIR.fullmatch(folder.name) and (folder / MANIFEST).is_file():
                model = read_manifest(folder)
                if model is not None:
                    yield model


def read_manifest(folder: Path) -> InstalledModel | None:
    """The model that a folder's manifest describes, None when it does not."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = tuple(ModelFile(**file) for file in told.pop("files"))
        return InstalledModel(**told, files=files, folder=folder)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def write_manifest(model: InstalledModel) -> None:
    """Write the manifest into the model's folder."""
    told: dict[str, Any] = asdict(model)
    del told["folder"]
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    (model.folder / MANIFEST).write_text(text, encoding="utf-8")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@cache
def known_models() -> dict[str, KnownModel]:
    """The bundled table (models.toml), by pair."""
    raw = resources.files("bot.translating").joinpath("models.toml").read_text(encoding="utf-8")
    table = tomllib.loads(raw)
    base, licence = table.pop("base"), table.pop("licence")
    return {
        pair: KnownModel(
            pair,
            told["name"],
            told["version"],
            f"{base}/{told['path']}",
            licence,
            tuple(ModelFile(**file, known=True) for file in told["files"]),
        )
        for pair, told in table.items()
    }
