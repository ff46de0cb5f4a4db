"""What campaigns found, in words and figures."""

from collections.abc import Callable, Iterable, Sequence

from tests.chaos.campaign import Outcome
from tests.chaos.tally import Tally
from tests.chaos.weather import SHARES

_HEAD = """\
# The outbox under fire

    make chaos

`tests/chaos` publishes news for many readers and kills the process that tells them, `hexin run
--role clock`, again and again: with -9 at random moments, with -9 at chosen instants of a request
(just arrived, acted upon but not answered, just answered), and with SIGTERM. The Bot API server is
a process of its own: the sandbox's strict server behind a front that cuts connections before and
after it acts. Each round publishes three signals, which all readers get in a digest; every second
reader gets the loudest before that, as an alert. A round ends when everything is settled; the last
one is calm. Some readers' digests hold no more than a round brings. Between two rounds everything
becomes ten minutes older, so that nothing comes again by chance; between two lives the leases of
what the dead were writing run out at once, as after two minutes.

What readers got is counted at the server, by the messages that it has shown; our own tables are
only compared with that. Lives are forked from a process that has imported the bot, so that a start
costs what opening the database and logging in cost.
"""
_RULES = """\
What the lines mean:

- **doubled**: the same message shown to the same reader again without saying so.
- **lost**: a reader and a signal that never came together. **late**: a digest came, and a signal
  of an earlier round was still missing after it.
- **unknown**: what our tables do not know to have arrived. It is never sent again; its signals
  come with the reader's next digest. "of these had arrived": sent again it would have come twice.
- **content again**: a reader and a signal that came in two messages, for the first was in doubt;
  "without a doubt" where it was not.
- **resent, marked**: with `RESEND_ALERTS` an alert in doubt goes once more and says so.
  "duplicates" had come the first time, "rescued" had not.
"""


def report(outcomes: Sequence[Outcome], machine: str) -> tuple[str, bool]:
    """The report as Markdown, and whether all is well."""
    faults = [f"{one.plan.name}: {fault}" for one in outcomes for fault in one.faults]
    verdict = ["**Something is wrong:**", "", *(f"- {fault}" for fault in faults)]
    parts = [
        _HEAD,
        "\n".join(["Nothing doubled, nothing lost."] if not faults else verdict) + "\n",
        _table(outcomes),
        _RULES,
        "How lives ended:\n\n" + _counts(outcomes, _ends(outcomes), lambda o, n: o.ends[n]),
        "What the server did to requests, each at its share at random:\n\n"
        + _counts(outcomes, [str(one) for one in SHARES], lambda o, n: o.ills.get(n, 0)),
        machine,
    ]
    return "\n".join(parts), not faults


def _table(outcomes: Sequence[Outcome]) -> str:
    rows: list[tuple[str, Callable[[Outcome, Tally], str]]] = [
        ("deliveries under fire", lambda o, _: f"{o.plan.deliveries:,}"),
        ("readers, rounds", lambda o, _: f"{o.plan.readers:,}, {o.plan.rounds}"),
        ("killed with -9 at work", lambda o, _: f"{o.kills:,}"),
        ("ended by SIGTERM (left in doubt by it)", _by_term),
        ("messages shown by the server", lambda _, t: f"{t.messages:,}"),
        ("**doubled**", lambda _, t: f"**{t.doubled}**"),
        ("**content lost**", lambda _, t: f"**{t.lost}**"),
        ("content late", lambda _, t: f"{t.late}"),
        ("believed to be sent, never shown", lambda o, _: f"{o.unproven}"),
        ("unknown", lambda o, _: f"{o.states.get('unknown', 0):,}"),
        ("… of these had arrived", lambda o, _: f"{o.unknown_arrived:,}"),
        ("content again, in doubt", lambda _, t: f"{t.repeated - t.unasked:,}"),
        ("content again, without a doubt", lambda _, t: f"{t.unasked}"),
        ("resent, marked", lambda o, _: f"{o.resent:,}" if o.plan.resend else "off"),
        ("… duplicates, all of them marked", lambda _, t: f"{t.duplicates:,}"),
        ("… rescued", lambda _, t: f"{t.rescued:,}"),
        ("time, CPU of all lives", lambda o, _: f"{o.took_s / 60:.1f} min, {o.cpu_s:.0f} s"),
    ]
    lines = [_row(["", *(one.plan.name for one in outcomes)]), "|---|" + "---|" * len(outcomes)]
    for name, tell in rows:
        lines.append(
            _row([name, *(tell(one, one.tally) if one.tally else "?" for one in outcomes)])
        )
    return "\n".join(lines) + "\n"


def _by_term(outcome: Outcome, _: Tally) -> str:
    return f"{outcome.ends['SIGTERM']} ({outcome.left_by_term})"


def _ends(outcomes: Iterable[Outcome]) -> list[str]:
    return sorted({how for one in outcomes for how in one.ends})


def _counts(
    outcomes: Sequence[Outcome], names: Iterable[str], count: Callable[[Outcome, str], int]
) -> str:
    lines = [_row(["", *(one.plan.name for one in outcomes)]), "|---|" + "---|" * len(outcomes)]
    lines += [_row([name, *(f"{count(one, name):,}" for one in outcomes)]) for name in names]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
