"""Where a signal's page comes from: who condensed it, from which text, its score, its sources."""

from dataclasses import dataclass

from bot.web.moments import Moment, moment
from bot.web.views.items import Setting
from bot.web.words import outside_link, short
from digest.model import Article, ArticleOrigin, Checked, Signal, Tier
from digest.reasons import evidence_of
from digest.render.wording import is_machine_translated
from storage import Edit, Spent

MAX_CARRIERS = 8
MAX_PARTS = 8
_MAX_CARRIER_URL = 300
MAX_EVIDENCE = 6
MAX_DROPPED = 5
MAX_NOTE = 300


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A part of the score: `share` is its points in hundredths of what it could have given.

    `evidence` are names and values of what it rests on, for the catalogues to put into words.
    """

    name: str
    points: str
    ceiling: str
    share: int
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Carrier:
    """A source that carried the article."""

    title: str
    href: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of 数字与名称核对: `dropped` in the words of the check, `further` not listed."""

    compared: int
    repaired: int
    count: int
    dropped: tuple[str, ...]
    further: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What the model's work on this signal took; `money` is "" where no price is set."""

    calls: int
    tokens_in: int
    tokens_out: int
    money: str


@dataclass(frozen=True, slots=True)
class Edited:
    """That an editor changed the signal: when, which parts of it, and what was wrong."""

    at: Moment
    fields: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """How this page came about. `origin` is None when the article's text is no longer kept.

    `maker` is the model or the translation engine ("" for plain rules), `prompt` the version of
    the prompts, `engine` who translated the text beside the original.
    """

    tier: Tier
    version: str
    maker: str
    translated: bool
    prompt: str
    check: Check | None
    cost: Cost | None
    origin: ArticleOrigin | None
    note: str
    kept_at: Moment
    backlog: bool
    score: tuple[ScoreRow, ...]
    carriers: tuple[Carrier, ...]
    further_carriers: int
    edited: Edited | None = None


def provenance_of(
    signal: Signal,
    article: Article | None,
    setting: Setting,
    spent: Spent | None = None,
    edit: Edit | None = None,
) -> Provenance:
    """Say where everything on the page comes from."""
    lang, brief = setting.visit.lang, signal.brief
    note = signal.note or (article.note if article else "")
    return Provenance(
        tier=brief.tier,
        version=short(brief.version, 30),
        maker=short(brief.maker, 60),
        translated=is_machine_translated(brief),
        prompt=short(brief.prompt, 30),
        check=_check(brief.checked, brief.tier) if brief.maker else None,
        cost=_cost(spent),
        origin=article.origin if article else None,
        note=short(note, 80),
        kept_at=moment(signal.created_at, lang),
        backlog=signal.backlog,
        score=_rows(signal),
        carriers=tuple(
            Carrier(
                short(seen.title, 40),
                outside_link(seen.url) if len(seen.url) <= _MAX_CARRIER_URL else "",
                moment(seen.seen_at, lang),
            )
            for seen in signal.seen_in[:MAX_CARRIERS]
        ),
        further_carriers=max(0, len(signal.seen_in) - MAX_CARRIERS),
        edited=Edited(moment(edit.at, lang), edit.fields, short(edit.note, MAX_NOTE))
        if edit
        else None,
    )


def _check(checked: Checked | None, tier: Tier) -> Check | None:
    if checked is None:
        return None
    shown = checked.dropped
    if tier is Tier.MODEL:
        # Why, not what: a model that an article ordered about would speak to readers here.
        shown = tuple(dict.fromkeys(_reason(text) for text in shown))
    return Check(
        compared=checked.compared,
        repaired=checked.repaired,
        count=len(checked.dropped),
        dropped=tuple(short(text, 200) for text in shown[:MAX_DROPPED]),
        further=max(0, len(shown) - MAX_DROPPED),
    )


def _reason(dropped: str) -> str:
    """The reason that stands behind a statement, in parentheses."""
    return dropped.rpartition("（")[2].removesuffix("）")


def _cost(spent: Spent | None) -> Cost | None:
    if spent is None or not spent.calls:
        return None
    money = f"{spent.cost:.4f}".rstrip("0").rstrip(".") if spent.cost else ""
    return Cost(spent.calls, spent.tokens_in, spent.tokens_out, money)


def _rows(signal: Signal) -> tuple[ScoreRow, ...]:
    return tuple(
        ScoreRow(
            name=part.name,
            points=_plain(part.points),
            ceiling=_plain(part.ceiling),
            share=_share(part.points, part.ceiling),
            evidence=tuple(
                (name, short(value, 20)) for name, value in evidence_of(part)[:MAX_EVIDENCE]
            ),
        )
        for part in signal.score.parts[:MAX_PARTS]
    )


def _plain(points: float) -> str:
    return f"{points:.1f}".removesuffix(".0").replace("-", "−")


def _share(points: float, ceiling: float) -> int:
    return max(0, min(100, round(100 * points / ceiling))) if ceiling > 0 else 0
