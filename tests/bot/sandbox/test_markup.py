"""parse_mode HTML against what Telegram's server answers."""

import pytest

from bot.sandbox.entities import MOST_ENTITIES, check_message, format_text, plain_text
from bot.sandbox.errors import ApiError


def entities(html: str) -> list[tuple[str, int, int]]:
    found = format_text(html, "HTML", None).entities
    return [(one["type"], one["offset"], one["length"]) for one in found]


@pytest.mark.parametrize(
    ("html", "text", "expected"),
    [
        ("<b>核心</b>信息", "核心信息", [("bold", 0, 2)]),
        ("😀<i>核</i>", "😀核", [("italic", 2, 1)]),
        ("<B>x</B>", "x", [("bold", 0, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<b>a</>", "a", [("bold", 0, 1)]),
        (
            "1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;q&quot; &#39;&#x1F600;",
            '1 < 2 && 3 > 2 "q" \'😀',
            [],
        ),
        ("&nbsp;&copy", "&nbsp;&copy", []),
        ("&lt", "<", []),
        (
            "<blockquote expandable>长</blockquote>",
            "长",
            [("expandable_blockquote", 0, 1)],
        ),
        ('<span class="tg-spoiler">s</span>', "s", [("spoiler", 0, 1)]),
        ("<u>a</u><ins>b</ins><del>c</del>", "abc", None),
        ("<b></b>x", "x", []),
        ("  <b> x </b>  ", "x", [("bold", 0, 1)]),
        ("<code>a<b>b</b></code>", "ab", [("code", 0, 2)]),
        ("<a href='not a link'>x</a>", "x", []),
        ("<a href='http://localhost/x'>x</a>", "x", []),
        ("x\0y\x07z", "x y z", []),
        ("<tg-time unix='1700000000'>t</tg-time>", "t", [("date_time", 0, 1)]),
    ],
)
def test_text_and_entities(
    html: str, text: str, expected: list[tuple[str, int, int]] | None
) -> None:
    assert format_text(html, "html", None).text == text
    if expected is not None:
        assert entities(html) == expected


def test_a_link_keeps_its_url_and_gets_a_path() -> None:
    link = format_text('<a href="https://e.com?a=1&amp;b=2">x</a>', "HTML", None).entities[0]
    bare = format_text(
        "<a href=https://e.com>x</a>".replace("https://e.com", "e.com"), "HTML", None
    )
    assert link["url"] == "https://e.com?a=1&b=2"
    assert bare.entities[0]["url"] == "http://e.com/"


def test_code_with_a_language_becomes_one_pre() -> None:
    html = '<pre><code class="language-python">x = 1</code></pre>'
    found = format_text(html, "HTML", None).entities
    assert found == ({"type": "pre", "offset": 0, "length": 5, "language": "python"},)


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("核<div>x</div>", 'Unsupported start tag "div" at byte offset 3'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a<", "Unclosed start tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b/>x", 'Unsupported start tag "b/" at byte offset 0'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=a_b>y</a>", "Unexpected end of name token at byte offset 8"),
        ('<a "x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji emoji-id='x'>😀</tg-emoji>", "Invalid custom emoji identifier specified"),
        (
            "&#xD83D;",
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units",
        ),
    ],
)
def test_refusals_in_telegrams_words(html: str, problem: str) -> None:
    with pytest.raises(ApiError) as caught:
        format_text(html, "HTML", None)
    assert caught.value.description == f"Bad Request: can't parse entities: {problem}"
    assert caught.value.code == 400


def test_nested_quotes_and_links_keep_the_outer_one() -> None:
    quote = "<blockquote>a<blockquote>b</blockquote></blockquote>"
    link = "<a href='e.com'>a<a href='f.com'>b</a></a>"
    assert entities(quote) == [("blockquote", 0, 2)]
    assert entities(link) == [("text_link", 0, 2)]


def test_only_the_first_hundred_entities_count() -> None:
    html = "<b>x</b>y" * (MOST_ENTITIES + 20)
    assert len(entities(html)) == MOST_ENTITIES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("看 https://e.com/a。后文", [("url", 2, 15)]),
        ("/start@some_bot 和 /help", [("bot_command", 0, 15), ("bot_command", 18, 5)]),
        ("#大模型 @hexin_bot a/b", [("hashtag", 0, 4), ("mention", 5, 10)]),
        ("a@b.com", [("email", 0, 7)]),
    ],
)
def test_telegram_finds_links_and_commands_itself(
    text: str, expected: list[tuple[str, int, int]]
) -> None:
    found = [(one["type"], one["offset"], one["length"]) for one in plain_text(text).entities]
    assert found == expected


def test_length_counts_utf16_units_after_parsing() -> None:
    check_message(format_text("<b>" + "核" * 4096 + "</b>", "HTML", None))
    check_message(format_text("😀" * 2048, None, None))
    for text in ("核" * 4097, "😀" * 2048 + "x"):
        with pytest.raises(ApiError, match="message is too long"):
            check_message(format_text(text, None, None))
    with pytest.raises(ApiError, match="text is too long"):
        format_text("<b></b>" * 5000, "HTML", None)
    with pytest.raises(ApiError, match="message text is empty"):
        check_message(format_text("<b> \n </b>", "HTML", None))


def test_given_entities_are_checked() -> None:
    good = format_text("ab", None, [{"type": "bold", "offset": 0, "length": 2}])
    assert good.entities == ({"type": "bold", "offset": 0, "length": 2},)
    for bad in (
        {"type": "shout", "offset": 0, "length": 1},
        {"type": "bold", "offset": 0, "length": 9},
        {"type": "bold", "offset": "0", "length": 1},
        {"type": "text_link", "offset": 0, "length": 1, "url": "localhost"},
    ):
        with pytest.raises(ApiError):
            format_text("ab", None, [bad])
    with pytest.raises(ApiError, match="unsupported parse_mode"):
        format_text("ab", "BBCode", None)
