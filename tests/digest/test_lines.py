from digest.text.lines import paragraphs_of


def test_a_line_is_a_paragraph() -> None:
    assert paragraphs_of("第一段，讲一件事\n\n第二段。\n第三段") == (
        "第一段，讲一件事",
        "第二段。",
        "第三段",
    )


def test_wrapped_lines_are_joined() -> None:
    text = (
        "In nearly every version we see a significant number of updates and\n"
        "improvements to the product, its performance, and also capabilities of\n"
        "the Web platform.\n"
        "A new sentence on a line of its own stays one.\n\n"
        "Another paragraph, which has no sign at its end and is long enough\n\n"
        "is not joined over a blank line."
    )
    assert paragraphs_of(text) == (
        "In nearly every version we see a significant number of updates and improvements to the"
        " product, its performance, and also capabilities of the Web platform.",
        "A new sentence on a line of its own stays one.",
        "Another paragraph, which has no sign at its end and is long enough",
        "is not joined over a blank line.",
    )


def test_headings_and_lists_stand_alone() -> None:
    text = (
        "Getting started\nInstall it with the package manager of your system, then run\n"
        "- the first command of the list that is given below on this page\n- the second"
    )
    assert len(paragraphs_of(text)) == 4


def test_long_chinese_lines_are_not_wrapped() -> None:
    line = (
        "这一行很长，讲的是一个没有句号结尾的标题，里面还有英文 TiDB 4.0 GA"
        + "再长一点" * 10
        + " TiDB"
    )
    assert paragraphs_of(f"{line}\nTiDB 的下一行") == (line, "TiDB 的下一行")


def test_a_headline_is_not_glued_to_wide_lines() -> None:
    headline = "The harbour council votes to close the old ferry pier"
    first = (
        "The council of Eastmere voted 9 to 4 on Monday to close the pier" + ", at last" * 9 + "."
    )
    second = "It has carried 210,000 passengers a year since the bridge was widened" * 2 + "."
    text = f"{headline}\n{first}\n{second}"
    assert paragraphs_of(text) == (headline, first, second)


def test_a_wide_line_that_was_broken_goes_on() -> None:
    line = "The council voted on Monday to close the pier" + ", at last" * 9 + " and"
    assert paragraphs_of(f"{line}\nto sell the ferry.") == (f"{line} to sell the ferry.",)


def test_blocks_are_wrapped_each_on_its_own() -> None:
    wrapped = "In nearly every version we see a number of updates and of\nImprovements to it."
    wide = (
        "The council of Eastmere voted 9 to 4 on Monday to close the pier" + ", at last" * 9 + "."
    )
    assert paragraphs_of(f"{wrapped}\n\n{wide}\n{wide}") == (
        wrapped.replace("\n", " "),
        wide,
        wide,
    )
