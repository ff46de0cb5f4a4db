"""What `make fuzz` found once, made small: each broke its promise before it was mended."""

import pytest

from digest.condense import condense
from digest.extract import Page, extract
from digest.extract.hygiene import clean
from digest.model import Action
from digest.sources.jsonlist import as_text
from handlers.callbacks import fits
from tests.digest.articles import article
from tests.digest.extract_pages import EN, html, paragraphs
from tests.fuzz.targets import BY_NAME
from tests.fuzz.targets.callbacks import check_callback

FOUND = [
    # An address that urljoin cannot join ended the reading of a whole feed in a ValueError.
    ("feed", b'<feed xml:base="http://["><entry><title>x</title><link href="/a"/></entry></feed>'),
    # Halves of surrogate pairs, which JSON can escape, went on into texts and addresses.
    ("feed", b'{"items": [{"title": "a", "content_text": "\\ud83d"}]}'),
    ("feed", b'{"items": [{"title": "a", "url": "https://h.example/\\ud83d"}]}'),
    ("address", "\ud83d".encode("utf-8", "surrogatepass")),
    # Sent to the bot as a link, it was answered with "something went wrong".
    ("address", b"https://[::1"),
    # A user and no host: taken for an address that may be fetched.
    ("address", b"https://u:p@/x"),
    ("address", b"http://:"),
    # Control characters went on into addresses, and from their hosts into titles.
    ("address", b"/a\x16b"),
    ("list", b"http://a\x16.example/feed"),
    # Blanks within a host, and those that parsers of addresses leave out, as browsers do.
    ("address", "http://\u2005".encode()),
    ("address", "https://ex\u2005le.g/a".encode()),
    ("address", b"h\x00t\ttp://p"),
    ("address", b"http:\t//x/y"),
    # Whatever stood where a feed names its language was its language.
    ("feed", b'<feed xml:lang="on>\n<x"><entry><title>x</title><link href="/a"/></entry></feed>'),
    # Halves of surrogate pairs within an address.
    ("address", b"http://x?\xe6\xba\x90\xed\xbc\x9a"),
    ("address", b"http://\xe6\xba\x90\xed\xbc\x9a"),
    # What was left around a filter was read as another one.
    ("command", "col 来源:s :".encode()),
    # The repairer of broken JSON stumbled over its own assertion.
    ("model", b'{"<think></think>```json{```}'),
    # A figure was torn where an endless word was cut.
    ("fit", b"\x00\x00S\xd24567.89"),
    # The point or colon within a figure was taken for its end.
    ("fit", b"\x04\x01GPT-5.2GPT-5.23.5%"),
    # What is said nowhere, and what the library knows no way to write.
    ("update", b'{"update_id":2,"channel_post":{"message_id":5,"date":0}}'),
    (
        "update",
        b'{"update_id":5,"my_chat_member":{"new_chat_member":{"status":"","until_date":0}}}',
    ),
    # A person's name of half a character, and a language of any length.
    ("opening", b"\xed\xa0\xbd"),
    ("opening", b'{"id": 7, "first_name": "\\ud83d\\u0000"}'),
    ("opening", b"zh-" * 40),
    # Weeks of the nineteenth century were days that nobody could type again.
    ("command", b"1826W48"),
    # Words that end like a filter swallowed the filter behind them.
    ("command", b"col:ai ps:"),
    # The promise's own error: a quoted sign in a tag was taken for its end.
    (
        "page",
        b"<p>The new line costs 96 million euros. A third of that comes from a loan.</p>"
        b'<p>Harwick buys electric buses<r c=">8">Lane will run them from the spring on.</p>',
    ),
    (
        "page",
        b"<p>The new line costs 96 million euros. A third of that comes from a loan.</p>"
        b'<p>Harwick buys electric buses<e f=">8"">Lane will run them from the spring on.</p>',
    ),
    # A filter without a value took the next one for its own when it was written again.
    ("command", b"col:;ource:2"),
    # The promises' own errors: what an editor types may be a part of any number, and rests on the
    # sentences that it was judged by.
    ("edit", b"98"),
    ("edit", b"\xff" * 13 + b"\x7f\xe8\x8d\xe84\xe4\xba\xe7\xe8\xb52"),
    # A text that is a list.
    (
        "update",
        b'{"update_id":2,"channel_post":{"message_id":1,"date":0,"chat":{"id":9,"type":""},"text":[[""]]}}',
    ),
    # The first mark of a list was taken away, the second at the next edit.
    ("command", b"2) - 0"),
]


@pytest.mark.parametrize(("name", "data"), FOUND)
def test_what_was_found_stays_mended(name: str, data: bytes) -> None:
    BY_NAME[name].check_bytes(data)


def test_half_a_character_of_a_json_list_goes() -> None:
    assert as_text("a \ud83d\x00 ") == "a"


def test_a_keyword_is_words_that_stand_together() -> None:
    told = article(
        "Ports grow",
        "Shipments are expected to reach the port by then. Units are expected to reach it soon."
        " Exports are expected to reach more.",
    )
    assert "expected reach" not in condense(told).keywords


def test_a_title_without_an_end_is_cut_behind_a_word() -> None:
    body = f"<h1>{'word ' * 900}</h1>{paragraphs(EN)}"
    found = extract(Page("https://h.example/a", body.encode(), "text/html"))
    assert len(found.title) <= 2000
    assert found.title.removesuffix("…").endswith("word")


def test_an_image_with_blanks_in_its_address_has_an_address_without() -> None:
    body = html(EN, head='<meta property="og:image" content="/a b.png">')
    found = extract(Page("https://h.example/a", body.encode(), "text/html"))
    assert found.image_url == "https://h.example/a%20b.png"


def test_a_sign_between_figures_keeps_them_apart() -> None:
    assert clean("199\ue7460 元，12\ue601.5") == "199 0 元，12 .5"


def test_a_number_that_could_not_be_read_again_is_no_button() -> None:
    assert fits(Action("act", (10**18 - 1,)))
    assert not fits(Action("act", (10**18,)))


@pytest.mark.parametrize(
    "data", ["1:save:007", "1:save:-0", "1:find:%41", "1:find:%ff", "1:find:%zz"]
)
def test_data_in_another_spelling_was_never_ours(data: str) -> None:
    check_callback(data)
