"""Domain values as plain data for the JSON columns, and back.

Reading accepts rows of older versions: what is missing takes the value's default.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime, time
from typing import Any

from digest.blocks import Block, Form, Look
from digest.model import (
    Adds,
    Advice,
    Brief,
    Changed,
    Checked,
    Insight,
    Kind,
    Lang,
    Layout,
    Moment,
    NumberFact,
    Placement,
    Point,
    Rendered,
    Score,
    ScorePart,
    Tier,
    TranslatedSentence,
    Wishes,
    Wording,
)
from digest.policy import Fall, Hold

Data = dict[str, Any]


def hold_data(hold: Hold) -> Data:
    """A hold as plain data, but for its time, which has a column of its own."""
    return {key: value for key, value in asdict(hold).items() if key != "falls_at"}


def read_hold(data: Data, falls_at: datetime | None) -> Hold:
    """The hold that `hold_data` wrote."""
    fall = Fall(data.get("fall", Fall.WAIT))
    return Hold(data["scope"], data.get("score"), fall, data.get("fall_score", 0), falls_at)


def brief_data(brief: Brief) -> Data:
    """A brief as plain data."""
    data = asdict(brief)
    for moment in (data["insight"] or {}).get("timeline", ()):
        moment["on"] = moment["on"].isoformat() if moment["on"] else None
    return data


def read_brief(data: Data) -> Brief:
    """The brief that `brief_data` wrote."""
    why, insight, checked = data.get("why"), data.get("insight"), data.get("checked")
    return Brief(
        headline=data["headline"],
        headline_lang=data["headline_lang"],
        points=_read_points(data["points"]),
        numbers=tuple(NumberFact(**number) for number in data.get("numbers", ())),
        why=_read_point(why) if why else None,
        gaps=_read_points(data.get("gaps", ())),
        keywords=tuple(data.get("keywords", ())),
        tier=Tier(data.get("tier", Tier.RULES)),
        version=data.get("version", ""),
        frame=tuple(data.get("frame", ())),
        headline_original=data.get("headline_original", ""),
        insight=_read_insight(insight) if insight else None,
        maker=data.get("maker", ""),
        prompt=data.get("prompt", ""),
        checked=_read_checked(checked) if checked else None,
        headline_en=data.get("headline_en", ""),
    )


def _read_points(points: Sequence[Data]) -> tuple[Point, ...]:
    return tuple(_read_point(point) for point in points)


def _read_point(data: Data) -> Point:
    return Point(
        data["text"],
        tuple(data["evidence"]),
        data["lang"],
        data.get("translated", False),
        data.get("original", ""),
        data.get("support"),
        data.get("edited", False),
    )


def _read_insight(data: Data) -> Insight:
    difference = data.get("difference")
    return Insight(
        timeline=tuple(_read_moment(moment) for moment in data.get("timeline", ())),
        concerned=tuple(
            Advice(one["audience"], one["text"], tuple(one["evidence"]), one["lang"])
            for one in data.get("concerned", ())
        ),
        questions=_read_points(data.get("questions", ())),
        actions=_read_points(data.get("actions", ())),
        difference=_read_point(difference) if difference else None,
    )


def _read_moment(data: Data) -> Moment:
    on = data.get("on")
    return Moment(
        data["when"],
        date.fromisoformat(on) if on else None,
        data["text"],
        data["sentence"],
        data["lang"],
    )


def _read_checked(data: Data) -> Checked:
    return Checked(data["compared"], data.get("repaired", 0), tuple(data.get("dropped", ())))


def adds_data(adds: Adds | None) -> Data | None:
    """What a signal adds to its story as plain data."""
    if adds is None:
        return None
    return {
        "points": list(adds.points),
        "numbers": list(adds.numbers),
        "changes": [asdict(change) for change in adds.changes],
        "because": adds.because,
    }


def read_adds(data: Data | None) -> Adds | None:
    """What `adds_data` wrote."""
    if data is None:
        return None
    return Adds(
        points=tuple(data.get("points", ())),
        numbers=tuple(data.get("numbers", ())),
        changes=tuple(Changed(**one) for one in data.get("changes", ())),
        because=data.get("because", ""),
    )


def placement_data(placement: Placement) -> Data:
    """Topics and cues; column and kind have columns of their own."""
    return {"topics": placement.topics, "cues": placement.cues}


def read_placement(column: str, kind: str, data: Data) -> Placement:
    """The placement that `placement_data` wrote."""
    cues = {name: tuple(words) for name, words in data.get("cues", {}).items()}
    return Placement(column, Kind(kind), tuple(data.get("topics", ())), cues)


def score_data(score: Score) -> list[list[Any]]:
    """The parts of a score."""
    return [[part.name, part.points, part.ceiling, part.evidence] for part in score.parts]


def read_score(data: list[list[Any]]) -> Score:
    """The score that `score_data` wrote."""
    return Score(tuple(ScorePart(*part) for part in data))


def wishes_data(wishes: Wishes) -> Data:
    """Wishes as plain data."""
    return {field.name: getattr(wishes, field.name) for field in fields(wishes)}


def read_wishes(data: Data) -> Wishes:
    """The wishes that `wishes_data` wrote; what they know no more or not yet is as by default."""
    known = {field.name for field in fields(Wishes)}
    given = {name: _frozen(value) for name, value in data.items() if name in known}
    spoken: Data = {
        "lang": Lang(data["lang"]),
        "layout": Layout(data.get("layout", Layout.FULL)),
        "wording": Wording(data.get("wording", Wording.TRANSLATION)),
    }
    return Wishes(**given | spoken)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list | tuple) else value


def look_data(look: Look) -> Data:
    """How a message was rendered, as plain data."""
    return asdict(look) | {"now": look.now.isoformat() if look.now else None}


def read_look(data: Data) -> Look:
    """What `look_data` wrote."""
    now = data.get("now")
    return Look(
        zone=data["zone"],
        layout=Layout(data["layout"]),
        wording=Wording(data["wording"]),
        now=datetime.fromisoformat(now) if now else None,
    )


def place_blocks(body: Data, blocks: Sequence[Block]) -> list[list[Any]]:
    """Where each block stands in the text of `body`: start, length, and what it shows.

    Blocks come in the order of the text. Raises ValueError for one that is not in it.
    """
    text = str(body.get("text") or body.get("caption") or "")
    placed: list[list[Any]] = []
    at = 0
    for block in blocks:
        start = text.index(block.text, at)
        at = start + len(block.text)
        placed.append(
            [
                start,
                len(block.text),
                block.form,
                block.signal_id,
                block.number,
                block.detail,
                *((block.also,) if block.also else ()),
            ]
        )
    return placed


def read_blocks(body: Data, placed: Sequence[Sequence[Any]]) -> tuple[tuple[int, Block], ...]:
    """The blocks that `place_blocks` wrote, each after its place in the text of `body`."""
    text = str(body.get("text") or body.get("caption") or "")
    return tuple(
        (start, Block(Form(form), text[start : start + length], signal_id, number, detail, *also))
        for start, length, form, signal_id, number, detail, *also in placed
    )


def times_data(times: tuple[time, ...]) -> list[str]:
    """Local times of day as ISO text. Raises ValueError for a time with a zone."""
    if any(moment.tzinfo for moment in times):
        raise ValueError("a digest time is a local one, its zone is kept apart")
    return [moment.isoformat() for moment in times]


def read_times(data: list[str]) -> tuple[time, ...]:
    """The times that `times_data` wrote."""
    return tuple(time.fromisoformat(text) for text in data)


def pack_paragraphs(paragraphs: tuple[tuple[str, ...], ...]) -> bytes:
    """An article's paragraphs of sentences, compressed."""
    # Escaped ASCII carries NUL and half surrogates through, so sentence numbers stay right.
    return zlib.compress(json.dumps(paragraphs, separators=(",", ":")).encode(), 6)


def unpack_paragraphs(packed: bytes) -> tuple[tuple[str, ...], ...]:
    """The paragraphs that `pack_paragraphs` wrote."""
    return tuple(tuple(sentences) for sentences in json.loads(zlib.decompress(packed)))


def pack_text(text: str) -> bytes:
    """Text of any length, compressed."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def unpack_text(packed: bytes | None) -> str:
    """The text that `pack_text` wrote; "" once it was dropped."""
    return zlib.decompress(packed).decode("utf-8", "surrogatepass") if packed else ""


def pack_sentences(sentences: tuple[TranslatedSentence, ...]) -> bytes:
    """The sentences of a translation, compressed."""
    rows = [[one.index, one.text, one.rendered] for one in sentences]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), 6)


def unpack_sentences(packed: bytes) -> tuple[TranslatedSentence, ...]:
    """The sentences that `pack_sentences` wrote."""
    rows = json.loads(zlib.decompress(packed))
    return tuple(TranslatedSentence(row[0], row[1], Rendered(row[2])) for row in rows)
