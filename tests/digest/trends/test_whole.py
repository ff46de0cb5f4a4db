"""A piece of a name is told as the whole name, and a person as one."""

import pytest

from digest.trends.whole import is_person, whole

PRIZE = ("菲尔兹奖今日公布，两名学者获奖", "2026 年菲尔兹奖得主揭晓", "谁会得菲尔兹奖？")
PERSON = ("张丹丹失言背后，真问题是什么", "谁在断章取义张丹丹？", "全网都在谈张丹丹“失言”")
ROCKET = ("中国首次火箭陆地回收成功", "朱雀三号实现火箭陆地回收！")


@pytest.mark.parametrize(
    ("said", "texts", "told"),
    [
        ("菲尔", PRIZE, "菲尔兹奖"),
        ("丹丹", PERSON, "张丹丹"),
        ("火箭陆地", ROCKET, "火箭陆地回收"),
        ("山体", ("重庆山体崩塌", "新疆地震，山体冒烟", "彭水山体崩塌首位预警者"), "山体"),
        ("菲尔", ("菲尔兹奖公布", "菲尔兹奖公布在即"), "菲尔兹奖"),
        ("菲尔", ("菲尔兹奖公布",), "菲尔"),  # one text says nothing of the others
        ("菲尔", ("菲尔兹奖公布", "菲尔兹奖公布"), "菲尔"),
        ("芯片", ("国产芯片的产能", "国产芯片的价格"), "国产芯片"),
        ("Claw", ("OpenClaw is out", "Why OpenClaw matters"), "OpenClaw"),
        ("Claw", ("New Claw is out", "New Claw here"), "Claw"),
        ("GPT", ("新款GPT模型发布", "谁用GPT模型"), "GPT"),
        ("none", ("甲", "乙"), "none"),
    ],
)
def test_what_always_stands_beside_a_piece_belongs_to_it(
    said: str, texts: tuple[str, ...], told: str
) -> None:
    assert whole(said, texts) == told


def test_a_person_is_told_from_a_thing() -> None:
    assert is_person("张丹丹", PERSON)
    assert is_person("侯开云", ("彭水山体崩塌首位预警者侯开云", "侯开云：头天发现落石"))
    assert not is_person("菲尔兹奖", PRIZE)
    assert not is_person("火箭陆地回收", ROCKET)
    assert not is_person("金价", ("金价大涨", "金价又创新高"))
    assert not is_person("高温", ("多地高温", "高温来袭"))
