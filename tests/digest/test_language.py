import pytest

from digest.text.language import detect_language, is_cjk
from tests.digest.language_cases import CASES


def test_there_are_enough_hard_cases() -> None:
    assert len(set(CASES)) >= 220


@pytest.mark.parametrize(("lang", "hint", "text"), CASES)
def test_tells_what_a_reader_would(lang: str, hint: str, text: str) -> None:
    assert detect_language(text, hint) == lang


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("OpenAI 发布 GPT-5", "zh"),
        ("今天的天气很好，我们去公园。", "zh"),
        ("今日は良い天気ですね。", "ja"),
        ("안녕하세요 여러분", "ko"),
        ("The court ruled on Monday that the merger may proceed.", "en"),
        ("The Chinese word 中国 means China and it is used in this text", "en"),
        ("Le gouvernement a annoncé une nouvelle loi sur les données personnelles", "fr"),
        ("Правительство объявило о новом законе о персональных данных", "ru"),
        ("أعلنت الحكومة عن قانون جديد لحماية البيانات الشخصية", "ar"),
    ],
)
def test_tells_the_language(text: str, lang: str) -> None:
    assert detect_language(text) == lang


def test_a_declared_language_wins_only_where_letters_say_little() -> None:
    assert detect_language("Swift 6.2", "de-DE") == "de"
    assert detect_language("12345", "en_US") == "en"
    assert detect_language("Привет всем", "de") != "de"
    assert detect_language("发布会", "en") == "zh"


@pytest.mark.parametrize("text", ["", "   ", "12345", "🙂🙂", "https://a.example/b?c=1"])
def test_undecidable_text_has_no_language(text: str) -> None:
    assert detect_language(text) == ""


def test_a_nonsense_hint_is_not_taken() -> None:
    assert detect_language("2026", "<script>") == ""


def test_only_chinese_and_japanese_join_without_spaces() -> None:
    assert is_cjk("zh")
    assert is_cjk("ja")
    assert not is_cjk("ko")
    assert not is_cjk("en")
