"""Terms are told in the words in use, and only where that is certain."""

import pytest

from digest.translation import load_glossary

GLOSSARY = load_glossary()


def even(original: str, translated: str) -> str:
    return GLOSSARY.even(original, translated, source="en", target="zh")


def test_the_table_is_large_and_no_rendering_contradicts_another():
    assert len(GLOSSARY.terms) >= 250
    preferred = {term.zh for term in GLOSSARY.terms}
    clashes = {
        (term.en, other)
        for term in GLOSSARY.terms
        for other in term.others
        if other == term.zh or (other in preferred and other != term.zh)
    }
    # A rendering that is wrong for one term may be right for another one.
    assert clashes <= {("knowledge distillation", "蒸馏")}


def test_a_glossary_names_its_version_by_its_content():
    assert len(GLOSSARY.version) == 12


@pytest.mark.parametrize(
    ("original", "translated", "expected"),
    [
        (
            "A variational autoencoder learns the distribution.",
            "变体自动编码器学习该分布。",
            "变分自动编码器学习该分布。",
        ),
        ("Fine-tuning took two days.", "精细调整花了两天。", "微调花了两天。"),
        ("Large language models are costly.", "大型语言模型很昂贵。", "大语言模型很昂贵。"),
        ("Shares of Nvidia rose.", "Nvidia 股价上涨。", "英伟达股价上涨。"),
        ("Shares of NVIDIA rose.", "NVIDIA股价上涨。", "英伟达股价上涨。"),
        ("Hugging Face hosts it.", "拥抱脸托管了它。", "Hugging Face托管了它。"),
        ("It runs on Qwen now.", "它现在运行在奎文上。", "它现在运行在Qwen上。"),
        ("Jensen Huang spoke on Monday.", "詹森·黄周一发表讲话。", "黄仁勋周一发表讲话。"),
    ],
)
def test_other_renderings_become_the_one_in_use(original: str, translated: str, expected: str):
    assert even(original, translated) == expected


@pytest.mark.parametrize(
    ("original", "translated"),
    [
        # The term is not in the original.
        ("The spirit is distilled twice.", "烈酒经过两次提炼。"),
        # The word in use is there already.
        ("Distillation makes models small.", "蒸馏使模型变小，也就是提炼。"),
        # More of the other rendering than the original has of the term.
        ("Fine-tuning helps.", "精调有帮助，精调很好，精调。"),
        # A longer name: a product, a person.
        ("The Microsoft Teams client failed.", "Microsoft Teams 客户端故障。"),
        ("Claude Shannon wrote it.", "克劳德·香农写了它。"),
        # Inside another word.
        ("Googled answers are wrong.", "Googled 的答案是错的。"),
        # No such rendering.
        ("Amazon grew.", "该公司增长了。"),
    ],
)
def test_nothing_uncertain_is_touched(original: str, translated: str):
    assert even(original, translated) == translated


def test_other_pairs_of_languages_are_left_alone():
    told = GLOSSARY.even("Fine-tuning helps.", "精调有帮助。", source="fr", target="zh")
    assert told == "精调有帮助。"
    assert GLOSSARY.pairs(source="en", target="pt") == {}


def test_hints_for_engines_are_the_terms_that_occur():
    text = "Knowledge distillation at Microsoft uses large language models; OpenAI agrees."
    assert GLOSSARY.pairs(text) == {
        "knowledge distillation": "知识蒸馏",
        "Microsoft": "微软",
        "large language model": "大语言模型",
        "OpenAI": "OpenAI",
    }
    assert len(GLOSSARY.pairs()) == len({term.en for term in GLOSSARY.terms})


def test_a_name_after_the_first_word_of_a_sentence_is_still_that_name():
    assert [term.en for term in GLOSSARY.found("When Nvidia grew, Intel shrank.")] == [
        "Nvidia",
        "Intel",
    ]
