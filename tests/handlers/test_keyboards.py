from telegram import InlineKeyboardMarkup

from digest.model import Action, Button
from handlers.keyboards import act, grid, markup, replaced, ticked


def test_rows_become_telegrams_keyboard():
    keyboard = markup(((Button("全文", url="https://a.example/s/1"), act("收藏", "save", 1)), ()))
    assert keyboard is not None
    assert keyboard.to_dict() == {
        "inline_keyboard": [
            [
                {"text": "全文", "url": "https://a.example/s/1"},
                {"text": "收藏", "callback_data": "1:save:1"},
            ]
        ]
    }


def test_a_keyboard_says_of_itself_what_the_librarys_says():
    rows = ((Button("全文", url="https://a.example/s/1"), act("收藏", "save", 1)),)
    keyboard = markup(rows)
    assert keyboard is not None
    plain = InlineKeyboardMarkup(keyboard.inline_keyboard)
    assert keyboard.to_dict() == plain.to_dict()
    assert keyboard.to_dict(recursive=False) == plain.to_dict(recursive=False)
    assert keyboard.to_json() == plain.to_json()


def test_no_rows_are_no_keyboard():
    assert markup(()) is None
    assert markup(((),)) is None


def test_a_grid_keeps_the_order():
    assert grid([act(str(n), "card", n) for n in range(5)], 2) == (
        (act("0", "card", 0), act("1", "card", 1)),
        (act("2", "card", 2), act("3", "card", 3)),
        (act("4", "card", 4),),
    )


def test_choices_show_whether_they_are_chosen():
    assert ticked("AI", "save", 1, on=True).label == "✓ AI"
    assert ticked("AI", "save", 1, on=False).label == "AI"


def test_a_long_label_is_cut():
    label = act("很长" * 40, "save", 1).label
    assert len(label) == 40
    assert label.endswith("…")


def test_one_button_is_replaced_and_the_rest_stays():
    before = markup(((act("收藏", "save", 1), act("话题", "topics", 1)), (act("1", "card", 2),)))
    after = replaced(before, Action("save", (1,)), act("已收藏", "save", 1))
    assert after is not None
    labels = [[button.text for button in row] for row in after.inline_keyboard]
    assert labels == [["已收藏", "话题"], ["1"]]
    assert replaced(before, Action("save", (9,)), act("已收藏", "save", 9)) is None
    assert replaced(None, Action("save", (1,)), act("已收藏", "save", 1)) is None


def grid_labels(names: list[str], per_row: int = 2) -> list[list[str]]:
    rows = grid((act(name, "now") for name in names), per_row)
    return [[button.label for button in row] for row in rows]


def test_labels_that_a_phone_would_cut_stand_alone():
    long, english = "✕ 话题：芯片与半导体设备和材料", "✕ Topic: Chips & semiconductors"
    shown = grid_labels(["人工智能", long, "科技", "商业", english])
    assert shown == [["人工智能"], [long], ["科技", "商业"], [english]]


def test_twelve_chinese_letters_share_a_row():
    names = ["一二三四五六七八九十十一", "芯片与半导体"]
    assert grid_labels(names) == [names]


def test_three_in_a_row_become_two_where_they_are_longer():
    names = ["translation, original", "original words", "both"]
    assert grid_labels(names, 3) == [names[:2], names[2:]]
    assert grid_labels(["07:00", "08:30", "12:30"], 3) == [["07:00", "08:30", "12:30"]]
    assert grid_labels([]) == []
