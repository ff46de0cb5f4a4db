"""A news site whose feeds go on and on: every article an event, with figures, of its own."""

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from aiohttp import web

from digest.model import SourceSpec

SHOWN = 20
_FIRMS = "星河 海港 启明 远帆 青云 磐石 长风 北辰 云岭 澄海 玄武 凌霄 九州 天枢 华岳 锦江".split()
_LATIN = "Halden Norvik Quillon Brasel Tamsin Orrery Vantor Kestrel Lumen Pelagic".split()
_BRANCH = "机器人 半导体 能源 物流 医疗 航空 云计算 支付 电池 卫星".split()
_FIELDS = "robotics chips energy logistics health aviation cloud payments batteries space".split()
_PLACES = "杭州 成都 武汉 西安 青岛 合肥 苏州 厦门".split()
_MADE = "ka lo mi ren tu vex sol dra pin qua zel bor fen gli sta nor".split()
_ZH = (
    "{firm}{branch}宣布在{place}建设第 {n} 座工厂，总投资 {money} 亿元，预计明年三月投产。",
    "新产品 {name} 每台售价 {made} 元，比上一代便宜 {share}%，首批供货 {staff} 台。",
    "公司目前有员工 {staff} 人，去年营收 {sales} 亿元，同比增长 {growth}%。",
    "{place}市为 {name} 项目提供了 {area} 亩土地，并减免三年的地方税。",
    "竞争对手此前也尝试过类似的方案，但因为良品率只有 {bad}% 而放弃。",
    "在{place}举行的发布会上，工程师演示了 {name} 连续运行 {area} 小时的结果。",
    "{firm}的股价当天上涨 {bad}%，成交额达到 {money} 亿元。",
    "项目二期将在 {n} 个月后启动，届时 {branch} 的年产能会达到 {made} 万台。",
    "用户反馈显示，{name} 的故障率从 {share}% 降到了 {n} 个百分点以下。",
    "负责 {name} 的团队有 {n} 名研究人员，其中一半来自{place}的高校。",
    "{firm}计划明年把 {growth}% 的利润用于{branch}的研发。",
    "监管部门在 {area} 天的审查之后批准了这笔 {sales} 亿元的收购。",
)
_EN = (
    "{firm} said on Tuesday that it would build its plant number {n} for {branch}, "
    "spending ${money} million by the end of next year.",
    "The company expects to make {made} units of {name} a day there, {share}% more than before.",
    "It employs {staff} people and reported sales of ${sales} million, up {growth}% on the year.",
    "The region gave the project called {name} {area} acres of land and lower taxes for three "
    "years, according to the mayor.",
    "Rivals gave up on a similar plan after only {bad}% of their parts passed the tests, which "
    "cost them ${money} million in one quarter.",
    "Engineers showed that {name} can run for {area} hours without a pause, even in the cold.",
    "Shares of {firm} rose {bad}% on the day, the largest gain since the company was listed.",
    "A second phase begins in {n} months and will bring the yearly output to {made} thousand.",
    "Customers returned {share}% of the earlier model; of {name} they have returned {n} so far.",
    "Half of the {n} researchers behind {name} came from universities in the region, the company "
    "said, and most of them will move to the new site.",
    "Regulators approved the purchase of its supplier for ${sales} million after a review that "
    "took {area} days and looked at prices in {n} countries.",
)
_LINES = 7


@dataclass(frozen=True, slots=True)
class Story:
    """An article of the site: its number, title, sentences and the moment it came."""

    number: int
    title: str
    lines: tuple[str, ...]
    at: datetime


@dataclass
class Press:
    """`sources` feeds. `publish` adds an article to the next of them; the newest 20 are shown."""

    sources: int
    port: int = 0
    feeds: list[deque[Story]] = field(init=False)
    asked: int = 0
    published: int = 0

    def __post_init__(self) -> None:
        self.feeds = [deque(maxlen=SHOWN) for _ in range(self.sources)]

    def publish(self) -> Story:
        """A new article."""
        self.published += 1
        story = _story(self.published, datetime.now(UTC))
        self.feeds[story.number % self.sources].append(story)
        return story

    def app(self) -> web.Application:
        """The site as an aiohttp application."""
        app = web.Application()
        app.router.add_get("/feed/{source}", self._feed)
        app.router.add_get("/page/{source}/{number}", self._page)
        return app

    def specs(self, every_s: int) -> list[SourceSpec]:
        """Every feed as a source that is polled each `every_s` seconds."""
        return [
            SourceSpec(
                key=f"soak:{number}",
                url=f"{self._base}/feed/{number}",
                title=f"晨星通讯 {number}",
                column="tech",
                lang="",
                poll_floor_s=every_s,
            )
            for number in range(self.sources)
        ]

    @property
    def _base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _feed(self, request: web.Request) -> web.Response:
        self.asked += 1
        source = int(request.match_info["source"])
        items = "".join(
            f"<item><title>{escape(one.title)}</title><guid>{one.number}</guid>"
            f"<link>{self._base}/page/{source}/{one.number}</link>"
            f"<pubDate>{format_datetime(one.at)}</pubDate></item>"
            for one in reversed(self.feeds[source])
        )
        text = f"<rss version='2.0'><channel><title>晨星 {source}</title>{items}</channel></rss>"
        return web.Response(text=text, content_type="application/rss+xml")

    async def _page(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        feed = self.feeds[int(request.match_info["source"])]
        story = next((one for one in feed if one.number == number), None)
        if story is None:
            raise web.HTTPNotFound
        body = "".join(f"<p>{escape(line)}</p>" for line in story.lines)
        return web.Response(
            text=f"<!doctype html><html><head><meta charset='utf-8'><title>{story.title}</title>"
            f"</head><body><main><article><h1>{story.title}</h1>{body}</article></main></body>"
            "</html>",
            content_type="text/html",
        )


def _story(number: int, now: datetime) -> Story:
    dice = random.Random(number)
    chinese = number % 2 == 0
    branch = dice.randrange(len(_BRANCH))
    firm = dice.choice(_FIRMS) + dice.choice(_FIRMS) if chinese else dice.choice(_LATIN)
    place = dice.choice(_PLACES)
    branch_en = _FIELDS[branch]
    name = "".join(dice.choices(_MADE, k=3)).title()
    words: dict[str, object] = {
        "firm": firm if chinese else f"{firm}{number}",
        "branch": _BRANCH[branch] if chinese else branch_en,
        "name": name,
        "place": place,
        "n": dice.randint(2, 90),
        "money": dice.randint(11, 990),
        "made": dice.randint(11, 990),
        "share": dice.randint(11, 90),
        "staff": dice.randint(110, 9900),
        "sales": dice.randint(11, 990),
        "growth": dice.randint(2, 90),
        "area": dice.randint(110, 990),
        "bad": dice.randint(11, 60),
    }
    first, *others = _ZH if chinese else _EN
    chosen = first, *dice.sample(others, _LINES - 1)
    lines = tuple(line.format(**words) for line in chosen)
    title = (
        f"{words['firm']}{words['branch']}投资 {words['money']} 亿元在{place}建厂生产 {name}"
        if chinese
        else f"{words['firm']} spends ${words['money']} million on {name}, made for {branch_en}"
    )
    return Story(number, title, lines, now)
