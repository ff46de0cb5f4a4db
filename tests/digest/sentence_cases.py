"""Hard cases of sentence splitting, written by us: "‖" stands where a reader would split.

A space after "‖" belongs to the text. Expectations are a careful reader's, not the program's.
"""

import re

ENGLISH = r"""
The U.S. Army said so.‖ It left.
He serves in the U.S. Army.‖ She does not.
They moved to the U.S.‖ The trip took a week.
It ships in the U.S., the U.K. and Japan.
The U.K.'s regulator agreed.‖ The E.U. did not.
Washington, D.C. is hot in August.
She lives in Washington, D.C.‖ He lives in Rome.
Mr. and Mrs. Jones met Dr. Lee at St. Mary's.‖ All agreed.
Gen. Mark A. Reed and Lt. Col. J. T. Smith spoke.‖ Nobody left.
J.R.R. Tolkien wrote it.‖ C. S. Lewis read it.
George W. Bush spoke at noon.
Jan van der Berg Jr. runs the firm.‖ His son does not.
Acme Inc. and Beta Corp. merged on Jan. 5.‖ Shares rose.
It was bought by Acme Inc.‖ The price was not given.
Acme Co. Ltd. sells parts.
Profit rose 3.5% to $1.2 billion.‖ Sales fell 0.4%.
The price is $3.50.‖ That is cheap.
It costs $5.‖ 20 people bought it.
Version 2.0.1 is out.‖ Version 3 is not.
Python 3.12 is faster than 3.11.‖ Try it.
We tested v1.2.‖ It failed.
The file is config.yaml.‖ Open it.
Use Node.js or Vue.js.‖ Both work.
ASP.NET and .NET 8 are supported.‖ So is C#.
See https://example.org/a.b?c=d.e for more.‖ Then decide.
Visit www.example.org.‖ It is free.
The site example.com was down.‖ It is back.
Booking.com and Amazon.com rose.‖ Others fell.
Write to first.last@example.org.‖ We answer.
Mail a.b@example.co.uk or call.
Yahoo! bought the start-up.‖ Nobody knew.
He joined Yahoo! in 2005.‖ He left in 2010.
The Yahoo! brand is old.
Jeopardy! is a show.
Who framed it?‖ We don't know.
"Is it true?" she asked.
"Stop!" he cried.‖ They did not.
"We won."‖ That was all he said.
"We are ready," said Ann.‖ "Are you?"
"It works. It really works," he said.
He said: "It is over."‖ Then he left.
“We won’t stop.”‖ The crowd cheered.
She called it ‘a mess.’‖ He disagreed.
He asked, "Why?"‖ Nobody knew.
The book "What Now?" is out.
The film (rated R. for now) opens today.
It failed (see p. 3).‖ It was mended.
It failed.‖ (See p. 3.)‖ It was mended.
See pp. 12–15.‖ They explain it.
As shown in Fig. 2, it grows.‖ Table 3 agrees.
See Sec. 4.2 and Eq. 7.‖ Both hold.
Smith et al. found it.‖ Others did too.
This was shown by Smith et al. (2020).‖ It holds.
Use tools, e.g. a hammer.‖ Wear gloves.
Use one tool, i.e. the hammer.
Apples, pears, etc. are fruit.
We sell apples, pears, etc.‖ They are fresh.
Red vs. blue is an old game.
No. 5 won.‖ No. 6 lost.
He is No. 1.‖ She is No. 2.
She said no.‖ He said yes.
Is it No. 10 or No. 12?‖ Nobody knows.
Vol. 3, No. 2 appeared in Sept. 2020.
The meeting is at 5 p.m. on Monday.
The meeting ended at 5 p.m.‖ The doors closed.
It opens at 9 a.m. and closes at 5 p.m.‖ Tickets are free.
It starts at 8 a.m. EST.‖ Be there.
He was born on Feb. 29.‖ He is rare.
It happened in Aug. 1999.
The Dow fell on Fri.‖ The Nasdaq did not.
They waited...‖ Nothing came.
They waited... and waited.
Well ... it depends.
He said "maybe..." and left.
Wait…‖ What was that?
It was… fine.
What?!‖ Nobody said that!
Really?!?‖ Yes.
It's over!!!‖ Go home.
1. Open the box.‖ 2. Take it out.
1) Open the box.‖ 2) Take it out.
a. Apples are red.‖ b. Pears are green.
Step 1. Open it.‖ Step 2. Close it.
He came in 3rd.‖ She was 1st.
It grew 5 per cent.‖ It shrank later.
The ratio is 3:1.‖ That is high.
At 3.30pm it rained.‖ It stopped at 4.
It weighs 5 kg.‖ It is light.
It is 10 ft. long.
The car does 0–60 m.p.h. in 3 s.‖ It is fast.
She holds a Ph.D. in physics.
She holds a Ph.D.‖ He does not.
iPhone sales fell.‖ iPad sales rose.
The firm fell.‖ eBay rose.
The band is fun.‖ will.i.am is not in it.
He left the firm.‖She stayed.
The deal closed on Saturday.‖India have added a player.
Police arrested him.‖A report said so.
The vote passed easily.‖Members cheered.
She won the award.‖Erasmus came second.
It cost 40 crore.‖The film did well.
"We try."‖The team agreed.
The bill passed in 2017.‖Section 139 is new.
Call asyncio.Queue or threading.Lock here.‖ They differ.
Set os.Path first.‖ Then run it.
Use Console.WriteLine to print.
The U.S.S.R. fell in 1991.
The B.B.C. said so.
A.I. is everywhere.‖ So are chips.
I like A.I.‖ It is useful.
It was Plan B.‖ They had no Plan C.
Vitamin C. helps nobody.
He got an A.‖ She got a B.
So did I.‖ We all did.
It was me and I.‖ The end.
World War II.‖ It ended in 1945.
Louis XIV. was king.
Cats sleep. ‖Dogs bark.
One.‖ Two.‖ Three.
No stop at the end
Done.‖ no stop but a small letter after
It is 5 o'clock.‖ Let's go!
The C.E.O. resigned.‖ Shares fell.
The CEO of X.ai resigned.‖ xAI did not comment.
OpenAI's GPT-4.5 is out.‖ GPT-5 follows.
Llama 3.1 405B is open.‖ Qwen2.5 is too.
Dr. No is a film.
Sgt. Pepper is an album.
Ft. Worth is in Texas.‖ Mt. Fuji is not.
Prof. Dr. Klein agreed.‖ Rev. Brown did not.
Gov. Lee and Sen. Wu met Rep. Kim.
Sens. Lee and Wu met.
Approx. 40 people came.
Est. 1999.‖ Still open.
He paid Rs. 500 for it.‖ It broke.
Section 3.2. Results are good.
I came.‖ I saw.‖ I won.
Is this it?‖ yes, it is.
He said he'd come.‖ But when?
(It was late.)‖ They went home.
It was late (very late).‖ They went home.
It works.[3]‖ It is new.[4]
It works[3].‖ It is new[4].
Mt. Gox closed.‖ Others opened.
Tesla Inc.'s shares fell.‖ Ford's rose.
It was signed by John Doe, M.D.‖ It was valid.
Jones Bros. sells hats.
Ask your M.P. about it.
The St. Louis vs. Chicago game is on.
Turn left on Fifth Ave. and stop.
His flat is on Fifth Ave.‖ It is small.
We met in St. Paul.‖ It snowed.
"No," he said.‖ "Never."
"Yes!"‖ "No!"
She works at Acme (U.S.).‖ He does too.
It shipped.\u200b‖ It sold out.
It shipped.\u200e‖ It sold out.
\u202bHe came.\u202c‖ She left.
It shipped!‖ 🎉 Next comes the app.
It shipped 🎉.‖ Next comes the app.
He said it failed."‖ Nobody knew.
Police came quickly.‖"We were afraid," she said.
The 4.2.1.7 address answered.‖ 10.0.0.1 did not.
Run pip install foo.‖ Then run foo.bar.
It cost €3.‖ £4 was too much.
Try it now!‖ (It is free.)
It runs from 1:30 p.m. to 4 p.m. Eastern.‖ Come early.
The U.N. Security Council met.‖ Nobody spoke.
"""

CHINESE = r"""
今天发布。‖明天开售！‖好吗？
他说：“好。”‖他走了。
他说：“好的。我来。”‖然后他走了。
“我们会赢。”张三说。
“为什么？”他问，“怎么会这样？”
“太好了！”她喊道。‖大家都笑了。
他问：“走吗？”‖没有人回答。
“走吧。”‖“好的。”
这是“真的吗？”式的反问。
《你好，李焕英！》上映了。‖票房很高。
歌曲《为什么？》很红。
他看了《三体。第二部》一书。
公司（成立于 2010 年。）已经上市。
公司已上市（见公告。）。‖股价上涨。
（完）
（一）总则。‖（二）附则。
1. 打开盒子。‖2. 取出零件。
1.打开盒子。‖2.取出零件。
1、打开盒子；2、取出零件。
一、总则。‖二、附则。
增长 3.5%。‖下降 0.4%。
售价 1.2 万元。‖很便宜。
GPT-4.5 发布了。‖GPT-5 还没有。
版本 v1.2.3 已发布。‖请更新。
见 https://example.org/a.b?c=d。‖谢谢。
邮箱是 a.b@example.org。‖请来信。
他说……算了。
真的？！‖是的！！
什么?!‖没听过!
好的。。。‖走吧。
「我們走吧。」他說。
「走吧。」他說。
『好。』‖他走了。
他說：「好。」‖她點頭。
Yahoo! 是一家公司。
苹果公司 (Apple Inc.) 发布新品。‖很贵。
U.S. News 发布排名。‖清华第一。
他在 Node.js 上开发。‖很快。
No. 5 是香水。‖很有名。
开盘价 92.7 美元。‖收盘价 93.89 美元。
他说 OK.‖ 她说不行。
用 Python.‖很好用。
会议于下午 3 点 30 分召开。‖会议通过了决议。
今天晴；明天雨。
价格：5 元。‖数量：3 个。
“十四五”规划很重要。‖“双碳”目标也是。
他被称为“天才”。‖她不是。
他说：“这本书叫《活着》。”‖我没看过。
她问“你是谁？”，他没有回答。
口号是“快！准！狠！”。‖大家都记住了。
网友评论“太贵了！”“不值！”‖厂商没有回应。
一个字：“绝！”‖没有别的。
据《晨星报》报道，北港下雪了。‖气温很低。
📱 新机发布。‖🎉 庆祝一下！
今天很热☀️。‖明天更热。
没有句号的一行
。
他走了。 ‖她来了。
第一行。
小数 .5 也可以。‖整数更好。
温度为 36.5℃。‖正常。
市值突破 1.5 万亿美元！‖史上首次！
“我不去。”‖“为什么？”‖“太远。”
“我不去”，他说。‖她也不去。
他对记者说，“我不去。”‖说完就走。
（记者 李明）今天下雪。
今天下雪。‖（记者 李明）
今天下雪。‖（完）‖明天晴。
何为“新”？‖新在哪里？
是 A 还是 B？‖都不是！
他用的是 iPhone 16 Pro.‖ 她用的是华为。
文件名为 a.txt。‖请下载。
1.5 亿人参加。‖2.5 亿人观看。
系统（etcd, consul...）都坏了。‖我们修好了。
大家都说“好呢？”……
参见第 3.2 节。‖谢谢。
今天下雪。\u200b‖明天晴。
“甲。”\ufeff‖“乙。”
"""

OTHERS = """
de|Das kostet ca. 5 Euro.‖ Das ist viel.
de|Er kam am 3. Oktober an.‖ Sie kam später.
de|Am 12. März 2020 begann es.‖ Alle blieben daheim.
de|Das ist z. B. gut.‖ Oder auch nicht.
de|Das ist z.B. hier so.‖ Dort nicht.
de|Dr. Müller und Prof. Schmidt kamen.‖ Hr. Maier nicht.
de|Die Fa. Klein GmbH u. a. waren dabei.
de|Es war der 1. FC Köln.‖ Er gewann.
de|Ludwig XIV. war König.
de|„Wir kommen.“‖ Dann gingen sie.
de|„Kommst du?“, fragte er.
de|Das gilt bzw. galt.‖ Heute nicht mehr.
de|Siehe S. 5.‖ Dort steht es.
de|Es kostet 1.234,50 Euro.‖ Teuer!
de|Sie wohnt in der Schillerstr. 5.‖ Er auch.
de|Das 21. Jahrhundert begann.‖ Endlich.
fr|M. Dupont est arrivé.‖ Mme Durand non.
fr|Il a dit : « Oui. »‖ Elle a dit non.
fr|« Pourquoi ? » demanda-t-il.
fr|C'est vrai !‖ Et alors ?
fr|Le prix est de 3,50 €.‖ C'est cher.
fr|Voir p. 12.‖ C'est clair.
fr|Il est né av. J.-C.‖ On le croit.
fr|Les pommes, poires, etc. sont bonnes.
es|El Sr. López llegó.‖ La Sra. Ruiz no.
es|¿Qué pasa?‖ ¡Nada!
es|El Dr. Gómez habló.‖ Nadie oyó.
es|EE. UU. anunció un plan.‖ Europa no.
es|Cuesta 3,5 millones.‖ Es mucho.
es|«Vamos.»‖ Y se fueron.
es|¿Vienes?, preguntó él.
it|Il Sig. Rossi arrivò.‖ La Sig.ra Bianchi no.
pt|O Sr. Silva chegou.‖ A Sra. Costa não.
nl|Dhr. Jansen kwam.‖ Mevr. Bakker niet.
ja|今日は晴れです。‖明日は雨です。
ja|「行こう。」と彼は言った。
ja|「本当？」‖「うん。」
ja|彼は「行く！」と叫んだ。‖そして走った。
ja|モーニング娘。が出演した。
ja|価格は1.5万円です。‖高いですね！
ja|すごい！‖本当に？
ja|会社（本社：東京。）は発表した。
ko|오늘은 맑습니다.‖ 내일은 비가 옵니다.
ko|정말요?‖ 네!
ko|가격은 3.5달러입니다.‖ 비쌉니다.
ko|그는 "갑니다."라고 말했다.
ko|버전 2.0이 나왔다.‖ 빠르다.
ru|Он пришёл.‖ Она ушла.
ru|Это стоит 5 руб. за штуку.
ru|В 2020 г. он уехал.‖ Она осталась.
ru|А. С. Пушкин писал стихи.‖ Их любят.
ru|Он живёт на ул. Ленина.‖ Там тихо.
ru|Почему?‖ Никто не знает.
ru|«Да.»‖ Он ушёл.
ru|Есть яблоки, груши и т. д.
ru|Это т. е. верно.
ru|См. рис. 3.‖ Там видно.
ar|هذا خبر جديد.‖ هل تعرف؟‖ نعم.
hi|यह अच्छा है।‖ वह नहीं आया।
el|Ήρθε.‖ Έφυγε.
tr|Dr. Yılmaz geldi.‖ Gitmedi.
pl|Dr. Nowak przyszedł.‖ Nie wyszedł.
pl|W 2020 r. było zimno.‖ Potem nie.
sv|Det kostar t.ex. 5 kr.‖ Det är dyrt.
vi|Hôm nay trời đẹp.‖ Mai trời mưa.
uk|Він прийшов.‖ Вона пішла.
"""


def _cases(lang: str, block: str) -> list[tuple[str, str]]:
    return [(lang, _marks(line)) for line in block.strip().splitlines()]


def _marks(line: str) -> str:
    """`line` with invisible marks, which stand in the table as they are written in code."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda mark: chr(int(mark[1], 16)), line)


CASES = [
    *_cases("en", ENGLISH),
    *_cases("zh", CHINESE),
    *[(line[:2], line[3:]) for line in OTHERS.strip().splitlines()],
]
