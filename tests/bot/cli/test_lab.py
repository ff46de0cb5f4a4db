"""`hexin lab …`: what each stage answers, and that no line ends the stream."""

import base64
import json
import subprocess
from typing import Any

import pytest

from bot.cli import stream
from bot.cli.stages import places
from digest.text.sentences import split_sentences
from tests.bot.cli.hexin import ROOT, Hexin
from tests.bot.jobs.pages import item, page, rss

ZH = "中国人民银行3月10日宣布，下调存款准备金率0.5个百分点。此举将释放长期资金约1万亿元。"
EN = "Northwind Bank cut its key rate from 3% to 2.5% on Wednesday. Inflation fell to 1.9%."
TEXT_STAGES = ("condense", "classify", "stories", "render")
STAGES = (*TEXT_STAGES, "verify", "feed", "extract")


def packed(text: str | bytes) -> str:
    body = text.encode() if isinstance(text, str) else text
    return base64.b64encode(body).decode()


# --- what stages answer ------------------------------------------------------------------


def test_feed_gives_entries(hexin: Hexin) -> None:
    document = rss(item(title="A & B", link="https://x.example/a", guid="1"), title="海港新闻")
    good, bad = hexin.lab(
        "feed",
        {"id": "f", "url": "https://x.example/feed", "body_base64": packed(document)},
        {"url": "https://x.example/", "body_base64": packed("<html></html>")},
    )
    assert good["id"] == "f"
    assert good["title"] == "海港新闻"
    assert [entry["url"] for entry in good["entries"]] == ["https://x.example/a"]
    assert good["entries"][0]["title"] == "A & B"
    assert bad == {"id": None, "error": "line 2: not_a_feed: the document is <html>"}


def test_extract_gives_the_article_and_its_text(hexin: Hexin) -> None:
    title = "海港机器人 sells 1,200 machines"
    html, packed_page, short = hexin.lab(
        "extract",
        {"id": 1, "url": "https://x.example/a", "html": page(title)},
        {"id": 2, "url": "https://x.example/a", "body_base64": packed(page(title))},
        {"id": 3, "url": "https://x.example/b", "html": "<p>Too short.</p>"},
    )
    assert html["title"] == packed_page["title"] == title
    assert html["text"] == packed_page["text"]
    assert "sold 1,200 sorting machines" in html["text"]
    assert sum(map(len, html["paragraphs"])) >= 6
    assert short["id"] == 3
    assert short["error"].startswith("line 3: ")


def test_condense_gives_a_summary_of_the_length_asked_for(hexin: Hexin) -> None:
    text = (
        "Northwind Bank cut its key rate from 3% to 2.5% on Wednesday. "
        "Inflation fell to 1.9% in March, the lowest since 2021. "
        "The bank expects growth of 2% next year. "
        "Its next meeting is in June."
    )
    record = {"title": "Northwind Bank cuts its key rate", "text": text, "lang": "en"}
    (plain,) = hexin.lab("condense", record)
    (one,) = hexin.lab("condense", record, options=("--sentences", "1", "--words", "12"))
    (many,) = hexin.lab("condense", record, options=("--sentences", "4", "--words", "90"))
    assert "summary" not in plain
    assert one["summary"] == ["Northwind Bank cut its key rate from 3% to 2.5% on Wednesday."]
    assert len(many["summary"]) > 2
    assert one["points"] == many["points"] == plain["points"]


def test_condense_gives_points_with_the_place_of_their_evidence(hexin: Hexin) -> None:
    text = f"  {ZH}\n\n业内对此反应不一，　有分析师认为幅度 超出预期。\n"
    (answer,) = hexin.lab("condense", {"id": "a1", "title": "央行降准", "text": text})
    assert answer["id"] == "a1"
    assert answer["lang"] == "zh"
    assert answer["column"] in {"policy", "business"}
    assert answer["keywords"]
    assert {number["text"] for number in answer["numbers"]} >= {"1万亿元"}
    for field in ("kind", "topics", "headline", "score", "why", "gaps"):
        assert field in answer
    assert answer["points"]
    for point in answer["points"]:
        assert len(point["evidence"]) == len(point["evidence_offsets"]) > 0
        spans = [text[start:end] for start, end in point["evidence_offsets"]]
        assert spans == point["evidence_text"]
        assert "".join("".join(spans).split()) == "".join(point["text"].split())


@pytest.mark.parametrize("text", [ZH, EN, f"{EN}\n{EN}", "  a.\tB c.\u3000\n\n  D e! ", "无"])
def test_places_are_where_the_sentences_stand(text: str) -> None:
    cut = [s for line in text.split("\n") for s in split_sentences(line, "en")]
    found = list(places(text, cut))
    assert [" ".join(text[start:end].split()) for start, end in found] == [
        " ".join(sentence.split()) for sentence in cut
    ]


def test_classify_names_the_words_that_decided(hexin: Hexin) -> None:
    (answer,) = hexin.lab("classify", {"id": 1, "title": "央行降准", "text": ZH})
    assert answer["column"] in {"policy", "business"}
    assert answer["cues"]["column"]


def test_verify_says_what_is_not_in_the_text(hexin: Hexin) -> None:
    good, bad = hexin.lab(
        "verify",
        {"text": EN, "summary": "利率从 3% 降到 2.5%"},
        {"id": 2, "text": EN, "summary": "The rate that Apple cut is 4.5%"},
    )
    assert good["supported"] is True
    assert bad["supported"] is False
    missing = {one["text"] for one in bad["findings"] if one["verdict"] != "found"}
    assert missing == {"Apple", "4.5%"}


def test_render_gives_the_card_in_the_readers_language(hexin: Hexin) -> None:
    zh, en, nobody = hexin.lab(
        "render",
        {"id": 1, "title": "R&D <b>", "text": ZH},
        {"id": 2, "title": "Rate cut", "text": EN, "reader_lang": "en"},
        {"id": 3, "text": EN, "reader_lang": "fr"},
    )
    assert "R&amp;D &lt;b&gt;" in zh["text"]
    assert "规则整理稿" in zh["text"]
    assert 0 < zh["units"] < 4096
    assert "规则整理稿" not in en["text"]
    assert nobody["error"] == "line 3: 'reader_lang' must be zh or en"


# --- lines that are not what they should be ----------------------------------------------

BROKEN = (
    (b"not json", None, "not JSON"),
    (b'["a", "list"]', None, "not a JSON object"),
    (b"[" * 100_000, None, "not JSON"),
    (b'{"id": NaN, "text": "x"}', None, "not JSON"),
    (b'{"id": 5, "text": "\xff\xfe"}', None, "not UTF-8"),
    (b'{"id": 6}', 6, "missing field"),
    (b'{"id": 7, "text": null, "summary": null, "body_base64": null, "html": null}', 7, "null"),
    (
        b'{"id": 8, "text": ["x"], "summary": 1, "body_base64": 1, "html": {}}',
        8,
        "must be a string",
    ),
)


@pytest.mark.parametrize("stage", STAGES)
def test_a_broken_line_gets_its_answer_and_the_stream_goes_on(hexin: Hexin, stage: str) -> None:
    good: dict[str, Any] = {
        "id": "good",
        "text": EN,
        "summary": "Northwind",
        "html": page("Harbour Robotics sells machines"),
    }
    if stage == "feed":
        good["body_base64"] = packed(rss(item(title="A", guid="1")))
    answers = hexin.lab(stage, *(line for line, _, _ in BROKEN), b"", b"   ", good)
    assert len(answers) == len(BROKEN) + 1  # blank lines have no answer
    for number, (answer, (_, known_id, reason)) in enumerate(
        zip(answers, BROKEN, strict=False), 1
    ):
        assert answer["id"] == known_id
        assert answer["error"].startswith(f"line {number}: ")
        assert reason in answer["error"]
    assert answers[-1]["id"] == "good"
    assert "error" not in answers[-1]


def test_fields_with_values_of_their_own_are_checked(hexin: Hexin) -> None:
    text = {"title": "Rate cut", "text": EN}
    answers = hexin.lab(
        "condense",
        {**text, "lang": "xx-klingon"},
        {**text, "lang": 7},
        {**text, "date": "yesterday"},
        {**text, "date": "0001-01-01T00:00:00+14:00"},
        {**text, "column": "gossip"},
        {**text, "title": 5},
        {**text, "lang": "zh-Hans"},
        {**text, "lang": None, "date": "", "column": ""},
    )
    errors = [answer.get("error", "") for answer in answers]
    assert errors == [
        "line 1: unknown language 'xx-klingon'",
        "line 2: 'lang' must be a string",
        "line 3: 'date' is not an ISO 8601 date: 'yesterday'",
        "line 4: 'date' is out of range",
        "line 5: unknown column 'gossip'",
        "line 6: 'title' must be a string",
        "",
        "",
    ]
    assert [answer["lang"] for answer in answers[6:]] == ["zh", "en"]


def test_half_a_surrogate_pair_does_no_harm(hexin: Hexin) -> None:
    line = b'{"id": "\\ud800", "title": "\\udfff", "text": "A \\ud83d rocket of 12 tonnes."}'
    for stage in TEXT_STAGES:
        (answer,) = hexin.lab(stage, line)
        assert "error" not in answer, stage
        assert answer["id"] == "?"


def test_base64_may_be_wrapped_but_must_be_base64(hexin: Hexin) -> None:
    document = packed(rss(item(title="A", guid="1")))
    wrapped = "\n".join(document[at : at + 76] for at in range(0, len(document), 76))
    good, bad = hexin.lab("feed", {"body_base64": wrapped}, {"body_base64": "*** no ***"})
    assert len(good["entries"]) == 1
    assert "not base64" in bad["error"]


def test_a_line_without_end_is_not_read_into_memory(
    hexin: Hexin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LONGEST_LINE_BYTES", 1024 * 1024)
    huge = {"id": 1, "text": "a" * 5_000_000}
    answers = hexin.lab("classify", huge, {"id": 2, "text": EN}, huge)
    assert [answer["id"] for answer in answers] == [None, 2, None]
    assert answers[0]["error"] == "line 1: longer than 1 MiB"
    assert answers[2]["error"] == "line 3: longer than 1 MiB"


def test_a_text_that_nobody_could_read_is_refused(hexin: Hexin) -> None:
    (answer,) = hexin.lab("condense", {"id": 1, "text": "a" * 2_000_001})
    assert "over 2,000,000 characters" in answer["error"]


def test_a_fault_of_ours_is_an_answer_too(hexin: Hexin, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("bot.cli.stages.verify", fail)
    answers = hexin.lab("verify", {"id": 1, "text": EN, "summary": EN}, {"id": 2})
    assert answers[0] == {"id": 1, "error": "line 1: ZeroDivisionError: a bug"}
    assert answers[1]["id"] == 2


def test_no_lines_no_answers(hexin: Hexin) -> None:
    result = hexin("lab", "verify", input_=b"")
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_reader_who_leaves_early_is_left_in_peace(hexin: Hexin) -> None:
    command, env = hexin.command("lab", "verify")
    process = subprocess.Popen(
        command,
        env=env,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    line = json.dumps({"text": EN, "summary": EN}).encode() + b"\n"
    process.stdin.write(line)
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["supported"] is True  # answered at once
    process.stdout.close()
    _, complaint = process.communicate(line * 50, timeout=30)
    assert complaint == b""
    assert process.returncode == 0


def test_a_closed_input_is_an_empty_one(hexin: Hexin) -> None:
    command, env = hexin.command("lab", "verify")
    done = subprocess.run(
        ["sh", "-c", '"$@" <&-', "sh", *command],
        env=env,
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
