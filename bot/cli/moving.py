"""`hexin migrate --to`: what of a move is shown, and why one is refused, in people's words."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from bot.cli.shared import INTERRUPTED, explain, fail, say, screen
from digest.errors import HexinError
from storage.moving.moving import Moved, Stage, Step, move
from storage.moving.refusals import MoveRefused, Why

_STAGES: dict[Stage, str] = {
    "copy": "搬运数据",
    "search": "重建检索",
    "index": "重建索引",
    "check": "逐行核对",
}
_LINE_EVERY_S = 10.0
_SHOWN_SUM = 16

_REFUSALS = {
    Why.SAME: "来源和目标是同一个数据库：{detail}",
    Why.BUSY: (
        "来源数据库正在被使用（进程 {detail}）。搬家期间写进去的内容会丢，请先停掉 bot 再搬。\n"
        "想先试一遍、不停机：hexin backup 备份.db，然后\n"
        "DATABASE_URL=sqlite:///备份.db hexin migrate --to …"
    ),
    Why.BEHIND: "来源的表结构与这个程序不是同一版（{detail}）。请先运行 hexin migrate。",
    Why.FILLED: ("目标数据库里已有数据（表 {detail}），不会覆盖。请换一个空数据库。"),
    Why.FOREIGN: "目标数据库里有别的程序的表（{detail}）。请换一个空数据库。",
    Why.OTHER_VERSION: (
        "目标的表结构是另一版（{detail}）。请换一个空数据库，或对它先运行 hexin migrate。"
    ),
    Why.OTHER_MOVE: (
        "目标里有一次没搬完的搬家，来自 {detail}。\n"
        "请从那里接着搬；要丢掉它、从这里重来，加 --again。"
    ),
    Why.AT_WORK: "另一个进程正在往这个数据库搬。请等它结束。",
    Why.ENCODING: "目标数据库的编码是 {detail}，存不下全部文字。请建一个 UTF8 编码的数据库。",
    Why.VALUE: (
        "有一个值目标数据库存不下，停在这里：{detail}\n"
        "请在来源里改好这一行，再运行一次，会接着搬。"
    ),
    Why.DIFFERS: (
        "核对不符，目标不能用：\n{detail}\n"
        "可能是搬家期间有人写了来源，或改了目标。请确认都没有人在用，加 --again 从头再搬。"
    ),
}


def move_to(source_url: str, target_url: str, *, again: bool) -> None:
    """Move everything, show how far it is, and say what to do then; exit 1 when it is refused."""
    began = monotonic()
    try:
        with _shown() as tell:
            moved = move(source_url, target_url, tell, again=again)
    except KeyboardInterrupt:
        say("已中断。再运行一次同样的命令就接着搬。")
        sys.exit(INTERRUPTED)
    except MoveRefused as refusal:
        fail(_REFUSALS[refusal.why].format(detail=refusal.detail))
    except HexinError as error:
        explain(error)
        raise
    _report(moved, monotonic() - began)


def _report(moved: Moved, seconds: float) -> None:
    width = max(len(name) for name in moved.tables)
    for name, tally in moved.tables.items():
        if tally.rows:
            say(f"✓ {name:<{width}} {tally.rows:>12,} 行  {tally.sum[:_SHOWN_SUM]}")
    say(
        f"搬完了：{len(moved.tables)} 张表，{moved.rows:,} 行，两边逐行核对一致，"
        f"用时 {_time(seconds)}。"
    )
    if moved.resumed:
        say("这次是接着上回没搬完的搬的。")
    if moved.mended:
        say(f"{moved.mended:,} 处文字含有存不下的字符（U+0000 已去掉，残缺的字节换成 �）。")
    if moved.shortened:
        say(f"{moved.shortened:,} 条信号的原文已过保存期，今后只能按标题、要点和关键词搜到。")
    say(
        "接下来：把 DATABASE_URL 改成新地址，启动 bot，运行 hexin doctor 看一遍。\n"
        "旧数据库没有动过，确认无误之前请留着；启动新的之后不要再启动旧的。"
    )


@contextmanager
def _shown() -> Iterator[Callable[[Step], None]]:
    """What shows steps: bars on a terminal, else a line now and then."""
    if not screen().is_terminal:
        yield _Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
        TextColumn("{task.fields[table]}"),
    )
    with Progress(*columns, console=screen()) as progress:
        bars = {
            stage: progress.add_task(name, total=None, pace="", table="", start=False)
            for stage, name in _STAGES.items()
        }
        paces = {stage: _Pace() for stage in _STAGES}

        def tell(step: Step) -> None:
            bar = bars[step.stage]
            progress.start_task(bar)
            progress.update(
                bar,
                total=step.total,
                completed=step.done,
                pace=paces[step.stage].words(step),
                table=step.table,
            )

        yield tell


@dataclass
class _Pace:
    """How quickly a stage goes, from where this run took it up."""

    began: float = field(default_factory=monotonic)
    first: int | None = None

    def words(self, step: Step) -> str:
        """Rows a second and the time left; "" as long as nothing can be said."""
        if self.first is None:
            self.began, self.first = monotonic(), step.done
        seconds, done = monotonic() - self.began, step.done - self.first
        if done <= 0 or seconds <= 0:
            return ""
        rate = done / seconds
        left = _time((step.total - step.done) / rate)
        if step.stage == "index":  # a table with many rows takes far longer than one with few
            return ""
        return (
            f"{rate:,.0f} 行/秒，还需 {left}" if step.done < step.total else f"{rate:,.0f} 行/秒"
        )


@dataclass
class _Lines:
    """For logs and pipes: the end of each stage, and a line each ten seconds."""

    paces: dict[str, _Pace] = field(default_factory=dict)
    said: float = field(default_factory=monotonic)
    over: set[Stage] = field(default_factory=set)

    def __call__(self, step: Step) -> None:
        pace = self.paces.setdefault(step.stage, _Pace())
        words = pace.words(step)
        if step.done < step.total and monotonic() - self.said < _LINE_EVERY_S:
            return
        if step.stage in self.over:  # tables without rows, behind the last that has some
            return
        if step.done == step.total:
            self.over.add(step.stage)
        self.said = monotonic()
        told = " ".join(part for part in (words, step.table) if part)
        say(f"{_STAGES[step.stage]} {step.done:,}/{step.total:,} {told}".rstrip())


def _time(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours} 小时 {minutes} 分"
    return f"{minutes} 分 {whole % 60} 秒" if minutes else f"{whole % 60} 秒"
