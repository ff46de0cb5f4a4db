"""Sentences and the figures that a careful reader sees in them: value, kind and unit, in order.

One line each: language | sentence | value kind unit; … An empty third part: no figures at all.
Dates, ordinals, versions, scores and numbers in names are no figures.
"""

CASES = """
en|After 9 months the lab reopened.|9 count months
en|Before 12 weeks had passed, she left.|12 count weeks
en|The bag weighed 4.9tonnes.|4.9 count tonnes
en|They waited 10days.|10 count days
en|The iPhone 12mini and the 5xs are sold out.|
en|It raised $1.2bn in May.|1.2e9 money USD
en|It raised US$ 40 million in Series B.|40e6 money USD
en|Tickets are worth €1,250.50 each.|1250.5 money EUR
en|The £5m fund opened.|5e6 money GBP
en|It costs Rs 50 lakh.|5e6 money INR
en|Rs 2,300 crore were paid.|2.3e10 money INR
en|A budget of ₹1.5 lakh crore passed.|1.5e12 money INR
en|They paid A$20 million.|20e6 money AUD
en|Worth HK$3.5 billion.|3.5e9 money HKD
en|It sells for C$99.|99 money CAD
en|The phone costs $999.|999 money USD
en|Only $0.99 a month.|0.99 money USD
en|Now $1,299.00, before tax.|1299 money USD
en|Between $5 million and $7 million.|5e6 money USD; 7e6 money USD
en|A round of $5-7 million.|5e6 money USD; 7e6 money USD
en|A fee of $5m-$7m.|5e6 money USD; 7e6 money USD
en|two billion dollars|2e9 money USD
en|half a billion dollars|5e8 money USD
en|one hundred and fifty thousand dollars|150000 money USD
en|a hundred thousand euros|100000 money EUR
en|30 million yen|3e7 money JPY
en|2 trillion won|2e12 money KRW
en|5 million pounds|5e6 money GBP
en|4.5 billion yuan|4.5e9 money CNY
en|300 million rubles|3e8 money RUB
en|EUR 12 million|12e6 money EUR
en|RMB 3 billion|3e9 money CNY
en|12 million rupees|12e6 money INR
en|$3 trillion market|3e12 money USD
en|$40k salary|40000 money USD
en|It rose 5 to 10 percent.|5 percent %; 10 percent %
en|It rose 5–10% this year.|5 percent %; 10 percent %
en|Sales grew 3.5 per cent.|3.5 percent %
en|Growth of -2.5% was seen.|-2.5 percent %
en|Shares moved +12% today.|12 percent %
en|About 100 percent sure.|100 percent %
en|twenty percent of them|20 percent %
en|fifty per cent of them|50 percent %
en|It fell 0.5 percentage points.|0.5 points pp
en|up 2 percentage points|2 points pp
en|The bank cut by 50 bps.|50 points bp
en|raised by 25 basis points|25 points bp
en|a hundred people|100 count people
en|two hundred people|200 count people
en|twenty-five million users|25e6 count users
en|half a million users|5e5 count users
en|one hundred and twenty million users|120e6 count users
en|three times faster|3 multiple x
en|It is 10x faster.|10 multiple x
en|2.5x the speed|2.5 multiple x
en|a threefold increase|3 multiple x
en|a 20-fold rise|20 multiple x
en|Revenue tripled.|3 multiple x
en|Profits doubled.|2 multiple x
en|Costs were halved.|0.5 multiple x
en|Output will quadruple.|4 multiple x
en|1.5 million barrels|1.5e6 count barrels
en|12k stars on the page|12000 count stars
en|5m users left|5e6 count users
en|70B parameters|7e10 count parameters
en|128K tokens|128000 count tokens
en|5,000 employees|5000 count employees
en|1 million monthly active users|1e6 count users
en|3.5 million lines|3.5e6 count lines
en|200 km away|200 count km
en|30 GB of memory|30 count GB
en|4.5 GHz clock|4.5 count GHz
en|65 kWh battery|65 count kWh
en|a 5000 mAh cell|5000 count mAh
en|120 fps video|120 count fps
en|80 mph winds|80 count mph
en|2,019 people came.|2019 count people
en|1,234,567 votes|1234567 count votes
en|12 countries signed|12 count countries
en|8 hours a day|8 count hours
en|14 days of rest|14 count days
en|300 companies took part|300 count companies
en|1.2 million homes|1.2e6 count homes
en|25 patients in 3 hospitals|25 count patients; 3 count hospitals
en|from 40 steps to 4 steps|40 count steps; 4 count steps
en|40 quadrillion years|4e16 count years
en|6 million tonnes|6e6 count tonnes
en|It happened in 2019.|
en|in the 1990s|
en|on May 3, 2026|
en|3 May 2026|
en|dated 2026-05-03|
en|dated 05/03/2026|
en|at 8:30 pm|
en|at 5 p.m. sharp|
en|the 3rd quarter|
en|Q3 revenue was fine.|
en|No. 5 in the list|
en|version 2.1 is out|
en|v1.2.3 is out|
en|iPhone 17 is out|
en|Windows 11 is out|
en|GPT-5.2 and COVID-19 and F-16|
en|Boeing 737 MAX|
en|192.168.0.1 answers|
en|Chapter 7, page 12|
en|see Figure 3 and Table 4|
en|5G network and 4K video|
en|the ID 12345678901234|
en|aged 35, he left|
en|a score of 3-2|
en|Phase 3 began|
en|Level 2 autonomy|
en|Section 230 stands|
en|one of the three|
en|thousands of people|
en|millions of dollars|
en|dozens of reports|
en|Article 50 was used|
zh|融资12亿美元。|12e8 money USD
zh|市值1.2万亿元。|1.2e12 money CNY
zh|约3.5亿|3.5e8 count
zh|共4亿5千万元|4.5e8 money CNY
zh|召回56万5691辆汽车|565691 count 辆
zh|售价1万8千元|18000 money CNY
zh|总计2亿3000万元|2.3e8 money CNY
zh|一百五十万元|1.5e6 money CNY
zh|三千五百万人次|3.5e7 count 人次
zh|两万余人|20000 count 人
zh|300多万人|3e6 count 人
zh|八千余名|8000 count 名
zh|十二万辆|120000 count 辆
zh|百分之六点二|6.2 percent %
zh|百分之五十|50 percent %
zh|占三成|30 percent %
zh|占三成五|35 percent %
zh|约六点五成|65 percent %
zh|增长两倍|2 multiple x
zh|增至三倍|3 multiple x
zh|翻了一番|2 multiple x
zh|产量翻两番|4 multiple x
zh|销量翻倍|2 multiple x
zh|价格减半|0.5 multiple x
zh|股价腰斩|0.5 multiple x
zh|年增 1.5 倍|1.5 multiple x
zh|提高2个百分点|2 points pp
zh|下降 0.25 个百分点|0.25 points pp
zh|降息25个基点|25 points bp
zh|增长3.5%|3.5 percent %
zh|增长3.5％|3.5 percent %
zh|同比-3.5%|-3.5 percent %
zh|区间为10%-15%|10 percent %; 15 percent %
zh|区间为10%至15%|10 percent %; 15 percent %
zh|预计10至15亿元|10e8 money CNY; 15e8 money CNY
zh|预计10亿至15亿元|10e8 money CNY; 15e8 money CNY
zh|￥99.9 起|99.9 money CNY
zh|到手 99 元|99 money CNY
zh|售价 16,999 元|16999 money CNY
zh|人民币50万元|500000 money CNY
zh|50万人民币|500000 money CNY
zh|罚款 500 欧元|500 money EUR
zh|7.98 亿英镑|7.98e8 money GBP
zh|300亿日元|3e10 money JPY
zh|2万亿韩元|2e12 money KRW
zh|20 亿港元|20e8 money HKD
zh|5000 卢比|5000 money INR
zh|$5 亿|5e8 money USD
zh|5000 万像素|5e7 count 像素
zh|120Hz 刷新率|120 count Hz
zh|6000mAh 电池|6000 count mAh
zh|80W 快充|80 count W
zh|3nm 工艺|3 count nm
zh|16GB+512GB|16 count GB; 512 count GB
zh|6.78 英寸屏|6.78 count 英寸
zh|65 千瓦时电池|65 count 千瓦时
zh|耗电 1.2 亿千瓦时|1.2e8 count 千瓦时
zh|百公里加速 3.5 秒|3.5 count 秒
zh|20 摄氏度|20 count 摄氏度
zh|他35岁|35 count 岁
zh|为期5天|5 count 天
zh|十二个月|12 count 个月
zh|三十年前|30 count 年
zh|48个国家|48 count 个国家
zh|13项措施|13 count 项
zh|7.4万平方公里|74000 count 平方公里
zh|120公里外|120 count 公里
zh|1.5吨重|1.5 count 吨
zh|70 亿参数|70e8 count 参数
zh|350万用户|3.5e6 count 用户
zh|200家公司|200 count 家公司
zh|步数从 40 步减到 4 步|
zh|五十六个民族|56 count 个
zh|1000名员工|1000 count 名员工
zh|2.4万人遇难|24000 count 人
zh|500家门店|500 count 家门店
zh|近 90 分钟|90 count 分钟
zh|二〇二四年|
zh|2024年|
zh|2024年5月12日|
zh|上世纪90年代|
zh|第三季度|
zh|第5章|
zh|晚上8点30分|
zh|8:30 开始|
zh|2026款|
zh|第十四届|
zh|千万不要|
zh|一成不变|
zh|万一|
zh|一个人完成|
zh|十分重要|
zh|数十亿美元|
zh|几百人|
zh|十几个|
zh|百度公司|
zh|四川与三亚|
zh|一汽大众|
zh|5G 手机与 4K 屏|
zh|M5 芯片|
zh|iPhone 17 Pro|
zh|Windows 11 系统|
zh|RTX 5090 显卡|
zh|七八个人|
zh|三五年|
zh|两三天|
zh|一两个|
zh|图 3 所示|
zh|8 月 15 号|
de|Es kostet 12,5 Millionen Euro.|12.5e6 money EUR
de|1.234,56 Euro|1234.56 money EUR
de|3,7 Prozent|3.7 percent %
de|2,1 Milliarden Euro|2.1e9 money EUR
de|4 Mio. Nutzer|4e6 count
de|rund 1.500 Euro|1500 money EUR
fr|1 234,5 euros|1234.5 money EUR
fr|3,5 milliards d'euros|3.5e9 money EUR
fr|12 % des voix|12 percent %
fr|25 000 euros|25000 money EUR
es|1.500 millones de euros|1.5e9 money EUR
es|un 3,2 por ciento|3.2 percent %
pt|R$ 1,5 bilhão|1.5e9 money BRL
pt|20 milhões de reais|20e6 money BRL
it|2,3 miliardi di euro|2.3e9 money EUR
nl|1,2 miljard euro|1.2e9 money EUR
en|The fair drew 1,00,000 people.|100000 count people
en|Between 30 and 43 percent agreed.|30 percent %; 43 percent %
en|The 5 plan brings more.|
zh|百分之 57 的用户同意。|57 percent %
zh|项目历时 4 年完成。|4 count 年
""".strip().splitlines()
