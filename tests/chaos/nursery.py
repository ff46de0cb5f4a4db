"""Begins lives of the bot: each a process forked from this one, which has imported everything.

A line on standard input begins one; its number and, when it has ended, its exit status and the
seconds of CPU it took are written to standard output. A life runs `hexin run --role clock` from
there on as any other: it opens the database, logs in, plans, sends. Only importing is not paid for
anew three hundred times.
"""

import gc
import os
import random
import sys
from typing import NoReturn

import click

import bot.runtime  # noqa: F401  before the fork, not after each
from bot.cli.running import run


def main() -> None:
    """Begin a life for each line, one after the other."""
    gc.freeze()
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live()
        print(pid, flush=True)
        _, status, used = os.wait4(pid, 0)
        print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, flush=True)


def _live() -> NoReturn:
    log = os.open(os.environ["CHAOS_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for mine, number in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(mine, number)
    random.seed()
    code = 1
    try:
        run(role="clock")
        code = 0
    except click.exceptions.Exit as end:
        code = end.exit_code
    except BaseException:  # noqa: BLE001  whatever ends a life is in its log
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
