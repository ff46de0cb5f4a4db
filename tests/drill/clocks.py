"""Clocks of processes that can be set: a library loaded before libc's (clock.c)."""

import shutil
import struct
import subprocess
import sys
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock.c")


class NoClock(Exception):  # noqa: N818  a reason to skip
    """Clocks cannot be set here."""


class SetClock:
    """The clock of every process that is started with `environment`."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None or sys.platform != "linux":
            raise NoClock("setting the clock of a process needs Linux and a C compiler (cc)")
        self._file = folder / "clock"
        self.move(0)
        library = folder / "clock.so"
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl"],
            check=True,
        )
        # Whoever the process starts, PostgreSQL as another user among them, has to read it.
        library.chmod(0o755)
        self.environment = {"LD_PRELOAD": str(library), "DRILL_CLOCK": str(self._file)}

    def move(self, seconds: float) -> None:
        """Let it differ from the right time by so much, from now on."""
        with self._file.open("r+b" if self._file.exists() else "wb") as file:
            file.write(struct.pack("d", seconds))
