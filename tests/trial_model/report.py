"""What the trial found, as Markdown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from bot.model import Attempt
from digest.model import Tier
from digest.modeltier.calls import Call
from tests.trial_model.samples import Sample

_CARDS = 5


@dataclass(frozen=True)
class Result:
    """One article through the tier."""

    sample: Sample
    tried: Attempt
    calls: Sequence[Call]
    seconds: float


def figures(results: Sequence[Result]) -> str:
    """How often what happened, all articles and by language."""
    groups = [("all", results)] + [
        (lang, [item for item in results if item.sample.article.lang == lang])
        for lang in ("en", "zh")
    ]
    rows = [_row(name, group) for name, group in groups if group]
    head = (
        "| articles | of | JSON valid at once | valid after a repair | never | model tier | "
        "rules kept | points shown | points of them repaired | statements dropped | "
        "compared numbers, names, quotes | tokens in / out | seconds, median (max) |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    )
    return "\n".join([head, *rows, "", _ends(results), "", _reasons(results)])


def _row(name: str, results: Sequence[Result]) -> str:
    asked = [[call.outcome == "ok" for call in _briefs(item)] for item in results]
    first = [bool(oks) and oks[0] for oks in asked]
    second = [any(oks) and not oks[0] for oks in asked]
    made = [item.tried.brief for item in results if item.tried.brief.tier is Tier.MODEL]
    checked = [item.tried.checked for item in results if item.tried.checked]
    seconds = [item.seconds for item in results]
    calls = [call for item in results for call in item.calls]
    cells = [
        name,
        len(results),
        sum(first),
        sum(second),
        len(results) - sum(first) - sum(second),
        len(made),
        len(results) - len(made),
        sum(len(brief.points) for brief in made),
        sum(check.repaired for check in checked),
        sum(len(check.dropped) for check in checked),
        sum(check.compared for check in checked),
        f"{sum(call.tokens_in for call in calls)} / {sum(call.tokens_out for call in calls)}",
        f"{median(seconds):.0f} ({max(seconds):.0f})",
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def _briefs(result: Result) -> list[Call]:
    return [call for call in result.calls if call.purpose == "brief"]


def _ends(results: Sequence[Result]) -> str:
    counted = Counter(result.tried.outcome for result in results)
    calls = Counter(f"{call.purpose}: {call.outcome}" for item in results for call in item.calls)
    return f"Outcomes of articles: {_listed(counted)}.  \nOutcomes of requests: {_listed(calls)}."


def _reasons(results: Sequence[Result]) -> str:
    """Why statements were dropped, without their words: articles may be others' property."""
    dropped = (
        text.rpartition("（")[2].rstrip("）")
        for item in results
        for text in (item.tried.checked.dropped if item.tried.checked else ())
    )
    return f"Dropped because: {_listed(Counter(map(_sort, dropped)))}."


def _sort(reason: str) -> str:
    """A reason without the number or name that it is about."""
    words = []
    for part in reason.split("；"):
        before, quoted, rest = part.partition("“")
        words.append(before + ("…" + rest.partition("”")[2] if quoted else ""))
    return " + ".join(dict.fromkeys(words))


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counted.most_common()) or "none"


def cards(results: Iterable[Result]) -> str:
    """Up to five cards of our own articles, and what was dropped of them."""
    own = [item for item in results if item.sample.own][:_CARDS]
    return "\n\n".join(_card(item) for item in own)


def _card(result: Result) -> str:
    tried, article = result.tried, result.sample.article
    brief = tried.brief
    tier = "模型增强版" if brief.tier is Tier.MODEL else f"规则整理稿 ({tried.outcome})"
    lines = [f"### {brief.headline}", f"*{article.title}* · {tier} · {result.seconds:.0f} s", ""]
    lines += [f"- {point.text} {list(point.evidence)}" for point in brief.points]
    if brief.why:
        lines.append(f"- 为什么：{brief.why.text} {list(brief.why.evidence)}")
    if tried.checked:
        compared, repaired = tried.checked.compared, tried.checked.repaired
        lines.append(f"\n数字与名称核对：比对 {compared} 处，重写 {repaired} 条。")
        lines += [f"- 去掉：{text}" for text in tried.checked.dropped]
    return "\n".join(lines)
