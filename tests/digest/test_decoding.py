"""What the bytes say outweighs what is said of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.decoding import charset_of, declared_charset, decode, guess_east_asian

ZH = "国家统计局周一公布的数据显示，上半年新能源汽车产量同比增长三成。"
TW = "國家統計局週一公佈的數據顯示，上半年新能源汽車產量同比增長三成。"
JA = "政府は新しい政策を発表した。これは日本語のテキストです。"
KO = "정부는 새로운 정책을 발표했다. 이것은 한국어 텍스트이다."
EAST_ASIAN = [(ZH, "gb18030"), (TW, "big5"), (JA, "cp932"), (KO, "cp949")]


@pytest.mark.parametrize(("text", "encoding"), EAST_ASIAN)
@pytest.mark.parametrize(
    "declared", ["", "text/html", "text/html; charset=iso-8859-1", "text/html; charset=utf-8"]
)
def test_east_asian_text_is_read_whatever_its_header_says(text: str, encoding: str, declared: str):
    body = ("<p>some markup </p>" * 500 + text).encode(encoding)

    decoded = decode(body, declared)

    assert decoded.text.endswith(text)
    assert decoded.bad == 0


@pytest.mark.parametrize("label", ["gb2312", "GBK", "x-gbk", "gb18030"])
def test_the_narrow_chinese_names_mean_the_wide_encoding(label: str):
    body = f'<meta charset="{label}"><p>朱镕基、囍、㐂'.encode("gb18030")

    assert decode(body).text.endswith("朱镕基、囍、㐂")
    assert charset_of(f"text/html; charset={label}") == "gb18030"


@pytest.mark.parametrize("label", ["gbk", "iso-8859-1", "windows-1251"])
def test_utf_8_is_utf_8_even_when_declared_as_something_else(label: str):
    assert decode(ZH.encode(), f"text/html; charset={label}").text == ZH


def test_one_bad_byte_costs_one_character():
    body = ZH.encode()
    decoded = decode(body[:30] + b"\xff" + body[30:], "text/html; charset=utf-8")

    assert decoded.text == ZH[:10] + "\ufffd" + ZH[10:]
    assert (decoded.encoding, decoded.bad) == ("utf-8", 1)


def test_a_damaged_chinese_page_stays_chinese():
    body = ZH.encode("gb18030") + b"\xff\xff" + ZH.encode("gb18030")
    decoded = decode(b"<meta charset=gb2312>" + body)

    assert decoded.text.count(ZH) == 2


def test_western_text_keeps_its_quotes():
    assert decode(b"it\x92s caf\xe9", "text/html; charset=utf-8").text == "it’s café"
    assert decode("Grüße aus Österreich".encode("latin-1")).text == "Grüße aus Österreich"
    assert decode("déjà vu à l'été".encode("latin-1"), "a/b; charset=latin1").encoding == "cp1252"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_marks_and_their_absence(encoding: str):
    assert decode(f"<p>{ZH}".encode(encoding)).text == f"<p>{ZH}"


def test_the_xml_declaration_counts():
    body = f'<?xml version="1.0" encoding="Shift_JIS"?><rss>{JA}'.encode("cp932")

    assert decode(body).text.endswith(JA)
    assert declared_charset(body) == "cp932"


def test_escape_sequences_are_not_taken_for_utf_8():
    body = f'<meta charset="iso-2022-jp">{JA}'.encode("iso-2022-jp")

    assert decode(body).text.endswith(JA)


@pytest.mark.parametrize("label", ["hex", "idna", "rot13", "no-such", "punycode", "", "x" * 999])
def test_names_that_are_no_encoding_are_ignored(label: str):
    assert decode(b"abc \xe9", f"text/html; charset={label}").text == "abc é"


def test_other_languages_are_not_taken_for_east_asian_ones():
    for text, encoding in (
        ("Привет, как дела сегодня", "cp1251"),
        ("Ülkede yaşayan öğrenciler", "cp1254"),
        ("Příliš žluťoučký kůň", "cp1250"),
    ):
        assert guess_east_asian(text.encode(encoding)) == ""


@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes_give_text(body: bytes, content_type: str):
    decoded = decode(body, content_type)

    assert decoded.bad >= 0
    assert not decoded.text.startswith("\ufeff") or decoded.encoding != "utf-8"


@given(st.text(max_size=200))
def test_utf_8_always_comes_back(text: str):
    body = text.encode("utf-8", "surrogatepass" if not text.isascii() else "strict")
    plain = not text.startswith(("\ufeff", "<\x00", "\x00<"))

    assert not plain or decode(body).text == text
