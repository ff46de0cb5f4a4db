"""Sentences that nobody wrote, without a number or a name in them, for translations to smuggle in.

Each stands behind an English sentence and its faithful translation, and sounds as if it belonged
to the same article.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invention:
    """What the article says, its translation, and what it says nowhere."""

    original: str
    faithful: str
    invented: str


_TOLD = """
The company unveiled a new chip for phones on Tuesday.
该公司周二发布了一款新的手机芯片。
监管部门已经对其展开调查。
It uses less power than the chip that came before it.
它比上一代芯片更省电。
内部人士承认产品存在严重的安全隐患。
Engineers rewrote the memory controller from scratch.
工程师从头重写了内存控制器。
多位高管已经悄悄卖出手中的股票。
The first phones with it will be sold next spring.
首批采用它的手机将于明年春天上市。
大批用户要求退款并准备起诉。
Analysts doubt that rivals can catch up soon.
分析人士怀疑竞争对手能否很快赶上。
创始人因健康原因将离开公司。
The factory in the north makes the wafers.
晶圆由北方的工厂生产。
工人们为抗议低工资举行了罢工。
Prices were not announced at the event.
发布会上没有公布价格。
专家建议投资者尽快买入。
A version for laptops is being tested.
笔记本电脑版本正在测试。
竞争对手指责它抄袭了自己的设计。
Researchers trained the model on public text only.
研究人员只用公开文本训练该模型。
有证据表明数据是偷来的。
It answers questions in several languages.
它能用多种语言回答问题。
许多家长担心孩子因此沉迷。
The weights can be downloaded free of charge.
模型权重可以免费下载。
政府计划下个月禁止这类产品。
The authors warn that it still makes mistakes in arithmetic.
作者提醒说，它在算术上仍会出错。
军方已经秘密采用了这项技术。
A smaller model runs on an ordinary laptop.
较小的模型可以在普通笔记本电脑上运行。
医生认为它会损害视力。
The team wants to publish its evaluation code.
团队希望公布评测代码。
团队内部因利益分配发生了激烈争吵。
Universities have asked for access to the training data.
多所大学已申请使用训练数据。
学生们用它在考试中作弊。
The licence forbids military use.
许可证禁止军事用途。
法院认定该协议无效。
The central bank left interest rates unchanged.
央行维持利率不变。
银行门口排起了取款的长队。
Inflation slowed for the third month in a row.
通胀连续第三个月放缓。
食品短缺引发了民众的恐慌。
The governor said the economy remained weak.
行长表示，经济依然疲软。
总统要求他立即辞职。
Markets had expected the decision.
市场此前已预料到这一决定。
交易所因系统故障暂停了交易。
Exports fell because demand from abroad was low.
由于海外需求低迷，出口下降。
多家工厂因污染被责令关闭。
Unemployment hardly changed over the summer.
整个夏天失业率几乎没有变化。
年轻人纷纷移居国外。
House prices rose in most large cities.
大多数大城市的房价上涨。
开发商向官员行贿的丑闻曝光。
The next meeting will be held in December.
下次会议将于12月举行。
会议记录遭到黑客窃取。
Doctors tested the vaccine on volunteers.
医生在志愿者身上测试了这种疫苗。
受试者出现了危险的副作用。
Most of them developed antibodies within weeks.
大多数人在几周内产生了抗体。
医院隐瞒了病人死亡的消息。
The side effects were mild and passed quickly.
副作用轻微，很快就消失了。
厂家贿赂了负责审批的官员。
Regulators will look at the results next year.
监管机构明年将审查这些结果。
患者家属聚集在门外抗议。
The vaccine must be kept cold during transport.
疫苗在运输过程中必须冷藏。
大量假货已经流入市场。
A second trial with older people has begun.
针对老年人的第二项试验已经开始。
保险公司拒绝支付治疗费用。
The charity paid for the first part of the study.
慈善机构资助了研究的第一部分。
捐款被挪用来购买豪华别墅。
Poor countries would receive it at cost price.
贫穷国家将以成本价获得疫苗。
邻国宣布对该国实施制裁。
The rocket landed on a ship at sea.
火箭降落在海上的一艘船上。
残骸砸伤了附近的渔民。
It carried a weather satellite into orbit.
它将一颗气象卫星送入轨道。
这颗卫星其实用于监视邻国。
Engineers will inspect the engines before the next flight.
工程师将在下次飞行前检查发动机。
保险公司因此大幅提高了保费。
The launch had been delayed twice by strong winds.
发射曾因强风两次推迟。
环保组织要求永久关闭发射场。
The company wants to reuse the rocket many times.
该公司希望多次重复使用这枚火箭。
公司的资金很快就会耗尽。
The satellite sent its first picture on Friday.
卫星周五传回了第一张照片。
照片被证实是伪造的。
Farmers will get better forecasts of rain.
农民将获得更准确的降雨预报。
粮食价格将因此暴涨。
The agency thanked the crew of the ship.
航天局感谢了船上的工作人员。
船长酒后驾驶被警方带走。
""".strip().splitlines()
INVENTIONS = tuple(Invention(*_TOLD[at : at + 3]) for at in range(0, len(_TOLD), 3))
"""Eight in a row are of one article."""
