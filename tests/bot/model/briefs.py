"""An article and what a good model says of it."""

from typing import Any

from digest.condense import condense
from tests.digest.articles import LAUNCH_EN, article

ARTICLE = LAUNCH_EN
RULES = condense(ARTICLE)

GOOD: dict[str, Any] = {
    "headline": "Norvex 发布 Halo-3 芯片，功耗从 40 瓦降至 4 瓦",
    "points": [
        {"text": "Norvex 发布 Halo-3 芯片，手机无需联网即可运行小型语言模型。", "sentences": [1]},
        {"text": "公司称该芯片把功耗从 40 瓦降到 4 瓦。", "sentences": [2]},
        {"text": "Norvex 去年融资 12 亿美元，估值 90 亿美元。", "sentences": [3]},
    ],
    "numbers": [{"text": "$1.2 billion", "measure": "去年的融资额", "sentences": [3]}],
    "why": [{"text": "这种规模的语言模型首次能靠电池运行一天。", "sentences": [5]}],
    "timeline": [
        {"when": "2027", "date": "", "text": "出货量预计达到 350 万件。", "sentences": [4]}
    ],
    "advice": [
        {"audience": "engineers", "text": "可以评估在手机上离线运行小模型。", "sentences": [1]}
    ],
    "questions": [],
    "actions": [],
    "gaps": [{"text": "Norvex 没有公布 Halo-3 的价格。", "sentences": [6]}],
}


def with_points(*texts: str, **changes: Any) -> dict[str, Any]:
    points = [{"text": text, "sentences": [place + 1]} for place, text in enumerate(texts)]
    return {**GOOD, "points": points, **changes}


LONG = article(
    "Norvex explains the making of Halo-3 at length",
    *(
        f"In chapter {number} Norvex describes how the design team of Halo-3 spent {number + 20} "
        f"weeks on part number {number + 300}. " + "The text goes on about silicon and heat. " * 60
        for number in range(1, 40)
    ),
)
