"""What the drills found, as Markdown."""

import os
from collections.abc import Sequence

from tests.drill.load import ASK_EVERY_S, PUBLISH_EVERY_S
from tests.drill.running import READERS, Finding
from tests.drill.world import ANSWER_S, RATE

_NAMES = {
    "sqlite": "One process on SQLite",
    "postgresql": "Two webs, two workers, two clocks on PostgreSQL",
}


def report(found: Sequence[Finding], *, of: int) -> str:
    """The report of a run of so many drills, or of as much of it as there is."""
    lines = [
        "# Failure drill",
        "",
        "    make drill",
        "",
        "Real processes; Telegram (the local Bot API server behind a wire that can be cut), the"
        " news site and the readers in another process; both worlds below at once. While"
        " something breaks,"
        f" {READERS} readers are owed a push each ({RATE} a second, answers after"
        f" {ANSWER_S * 1000:.0f} ms), somebody asks every {ASK_EVERY_S:g} s, an article"
        f" comes every {PUBLISH_EVERY_S:g} s. Counted at the Bot API server and in the"
        f" tables. {os.cpu_count()} cores with a load of {os.getloadavg()[2]:.0f} in the last"
        " quarter of an hour, so times are upper bounds.",
        "",
        "Recovery is counted from the kill, or from the end of the fault where nobody can work"
        " before: seconds to the next push (what was under way for 0.3 s aside), to the"
        " next answer to somebody who asked after that,"
        " and to the next poll of a feed; *all read* is when the last article was. "
        "*In doubt* are pushes that may have arrived (`unknown`):"
        " they are never sent again, their signals come in the reader's next digest.",
    ]
    for dialect, title in _NAMES.items():
        some = [one for one in found if one.drill.dialect == dialect]
        if some:
            lines += ["", f"## {title}", *_table(some)]
    faults = [
        f"- {one.drill.dialect}: {one.drill.name}: {', '.join(one.faults)}"
        for one in found
        if one.faults
    ]
    held = [one for one in found if not one.left_out]
    total = (
        f"{len(held)} drills of {of}: {sum(one.counted.owed for one in held)} pushes owed,"
        f" {sum(one.counted.doubled for one in held)} doubled,"
        f" {sum(one.counted.lost for one in held)} lost,"
        f" {sum(one.counted.unsure for one in held)} in doubt;"
        f" {sum(one.counted.asked for one in held)} questions,"
        f" {sum(one.counted.answers_doubled for one in held)} answered twice."
    )
    return (
        "\n".join([*lines, "", "## Verdict", "", total, "", *(faults or ["All is well."])]) + "\n"
    )


def _table(some: Sequence[Finding]) -> list[str]:
    lines = [
        "",
        "| what broke | next push s | next answer s | next poll s"
        " | pushes owed / arrived / in doubt / doubled / lost | asked / answered / twice"
        " | longest wait s | articles / read / doubled | all read s"
        " | /readyz meanwhile |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for one in some:
        if one.left_out:
            lines.append(f"| {one.drill.name} | left out: {one.left_out} |||||||||")
            continue
        recovery, counted = one.recovery, one.counted
        lines.append(
            f"| {one.drill.name} | {_s(recovery.push)} | {_s(recovery.answer)} |"
            f" {_s(recovery.poll)} | {counted.owed} / {counted.got} / {counted.unsure} /"
            f" {counted.doubled} / {counted.lost} | {counted.asked} / {counted.answered} /"
            f" {counted.answers_doubled} | {counted.longest_s:.1f} | {counted.published} /"
            f" {counted.read} / {counted.read_doubled} | {counted.read_after_s:.0f}"
            f" | {_ready(one)} |"
        )
    return lines


def _s(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.1f}"


def _ready(one: Finding) -> str:
    return "; ".join(
        f"{role}: {', '.join(sorted(told))}" for role, told in sorted(one.ready.items())
    )
