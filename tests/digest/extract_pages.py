"""Pages and feeds' texts for the extraction tests, all written for them."""

from digest.extract import Page

EN = (
    "The city council of Harwick approved a plan on Tuesday to replace its 214 diesel buses.",
    "The first forty electric buses are to arrive in March, said Mara Lindqvist, who heads the "
    "transport office. The whole fleet should be changed by 2031.",
    "The plan costs 96 million euros. A third of that comes from the national climate fund, the "
    "rest from the city's own budget and from a loan at a fixed rate.",
    "Drivers will be trained at the depot in Norham from January. Their union had asked for more "
    "time, but agreed after the city promised that nobody will lose a job.",
)
ZH = (
    "清河市交通局周二宣布，全市二百一十四辆柴油公交车将在六年内全部更换为电动车。",
    "首批四十辆电动公交车预计明年三月投入运营，先跑城东的三条线路。交通局局长林晚秋表示，"
    "充电站的选址已经完成，施工将在年底前开始。",
    "整个计划投资约七亿元，其中三分之一来自省级绿色基金，其余由市财政和银行贷款承担。"
    "按照测算，每年可以减少柴油消耗一万两千吨。",
    "驾驶员培训从明年一月开始。工会此前担心岗位减少，市政府承诺不裁员，双方上周达成一致。"
    "更详细的线路安排将在下个月公布，市民可以在网上提出意见。",
)


def paragraphs(texts: tuple[str, ...]) -> str:
    return "\n".join(f"<p>{text}</p>" for text in texts)


def html(
    texts: tuple[str, ...] = EN,
    *,
    head: str = "",
    title: str = "Harwick buys electric buses",
    heading: str = "Harwick buys electric buses",
    before: str = "",
    after: str = "",
) -> str:
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{title}</title>{head}</head><body>
<nav><a href="/">Home</a> <a href="/news">News</a> <a href="/sport">Sport</a></nav>
<main><article><h1>{heading}</h1>{before}
{paragraphs(texts)}
{after}</article></main>
<footer><p>© 2026 Harwick Courier. All rights reserved.</p></footer></body></html>"""


def page(
    body: str | bytes = "",
    *,
    url: str = "https://courier.example/2026/11/harwick-buses",
    content_type: str = "text/html; charset=utf-8",
    **said: object,
) -> Page:
    data = body.encode() if isinstance(body, str) else body
    return Page(url, data, content_type, **said)  # type: ignore[arg-type]


def linked_data(script: str) -> str:
    return f'<script type="application/ld+json">{script}</script>'
