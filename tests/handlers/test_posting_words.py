"""The words of a message: commands off, addresses behind words spelt out, links told apart."""

from datetime import UTC, datetime

import pytest
from telegram import Chat, Message, MessageEntity

from handlers.admin.posting.typing import split_link, words_of


def message(text: str, *links: tuple[int, int, str]) -> Message:
    entities = [MessageEntity("text_link", at, size, url=url) for at, size, url in links]
    moment = datetime(2026, 11, 28, tzinfo=UTC)
    return Message(1, moment, Chat(1, "private"), text=text, entities=entities)


def test_an_address_behind_words_stands_beside_them() -> None:
    told = message("/post 😀 看报告\n一点", (9, 3, "https://a.example/r"))
    assert words_of(told) == "😀 看报告 https://a.example/r \n一点"


@pytest.mark.parametrize("url", ["tg://user?id=1", "javascript:alert(1)", "ftp://a.example/x"])
def test_what_leads_to_no_page_is_left_out(url: str) -> None:
    assert words_of(message("报告", (0, 2, url))) == "报告"


def test_two_hundred_entities_are_no_trouble() -> None:
    text = "字" * 200
    links = [(at, 1, f"https://a.example/{at}") for at in range(200)]
    words = words_of(message(text, *links))
    assert words.count("https://a.example/") == 200


def test_a_link_in_its_own_words_is_not_repeated() -> None:
    url = "https://a.example/r"
    assert words_of(message(url, (0, len(url), url))) == url
    assert words_of(None) == ""


@pytest.mark.parametrize(
    ("typed", "url", "rest"),
    [
        ("https://a.example/x", "https://a.example/x", ""),
        ("a.example/x\n标题\n一点", "https://a.example/x", "标题\n一点"),
        ("标题\nhttps://a.example/x", "", "标题\nhttps://a.example/x"),
        ("看 https://a.example/x", "", "看 https://a.example/x"),
        ("asp.net", "", "asp.net"),
        ("", "", ""),
    ],
)
def test_a_link_on_the_first_line_is_what_the_post_is_about(
    typed: str, url: str, rest: str
) -> None:
    assert split_link(typed) == (url, rest)
