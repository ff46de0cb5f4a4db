"""Hard cases of telling a language, written by us: "code text", or "code<hint text".

"--" stands for undecidable (""). Expectations are a careful reader's, not the program's.
"""

BLOCK = r"""
zh OpenAI 发布 GPT-5
zh iPhone 17 Pro 评测
zh 用 Rust 重写 Python 解释器
zh GitHub Copilot 新功能
zh AI 周报
zh 一文读懂 Transformer
zh React 19 正式版发布
zh Claude Code 上手
zh DeepSeek-R1 vs GPT-4o：谁更强？
zh 使用 Docker Compose 部署 Nextcloud
zh 特斯拉 Model Y 降价
zh 雷军
zh 苹果
-- 5G
zh <zh 5G
zh 【快讯】Meta 裁员
zh 微软 Build 2026
zh 如何在 macOS 上安装 Homebrew？
zh Why 中国？
zh 「原神」4.0 版本
zh 任天堂公布《スーパーマリオ》新作
zh 日本ラーメン店进驻上海
zh 宝可梦「ピカチュウ」周边发售，售价 99 元
zh 韩国组合 방탄소년단 将来华演出
zh 3 月 4 日
zh 2026年
zh 你好
zh 好的👌
zh 臺灣發布新規定
zh 電腦軟體更新，請儘速下載
zh 颱風來襲，多地停班停課
zh 香港地鐵延誤，乘客滯留
zh 資料庫效能優化實務
zh 台積電法說會：營收創新高
zh 佢哋話今日唔返工
zh 人工智慧發展趨勢
zh 子曰：学而时习之，不亦说乎？
zh ＡＩ时代
zh 版本 v1.2.3 更新日志
zh `npm install` 报错怎么办
zh SELECT * FROM users 为什么慢
zh def main(): 这个函数有问题
zh https://a.example/b 这个网站不错
zh 联系 a@example.org 即可
zh The Verge：苹果将发布新品
zh 《The Last of Us》第二季定档
zh New York Times 中文网
zh Python 中 if __name__ == "__main__" 的含义
zh LLM in a flash 论文解读
zh 从 Zero to One 看创业
zh To be or not to be：这是个问题
zh Windows 11 24H2 更新导致蓝屏
zh PS5 Pro 对比 Xbox Series X
zh Linux 6.12 LTS 内核发布
zh Netflix、Disney+ 与 HBO Max 涨价
zh Sam Altman 称 AGI 不远
zh 1.5 亿美元
zh ①②③ 步骤
zh 价格：¥99
zh 他说：“I love you.”
zh 歌曲 Let It Be 翻唱
ja 今日は良い天気ですね。
ja 東京オリンピックの開催
ja 新型iPhoneを発表
ja トヨタ、新型EVを発売へ
ja 首相が辞任を表明
ja 円安進む、1ドル155円台に
ja OpenAI、GPT-5を公開
ja ありがとう
ja カタカナ
ja ソニー
ja 大谷翔平、2打席連続本塁打の活躍
ja 経済産業省は半導体支援策を発表した
ja 東京株式市場、日経平均は続落
ja 政府、物価高対策を閣議決定へ
ja 任天堂の新型機、来春発売か
ja Pythonの使い方
ja AIの未来
ja これはpenです
ja 日銀、追加利上げを決定
ja 半導体大手、米国で新工場建設へ
ja ﾃｽﾄ中です
ja 第3四半期決算のお知らせ
ja 自民党総裁選、来月告示へ
ja <ja Node.js入門
zh <zh-TW Node.js入門
ko 안녕하세요 여러분
ko 삼성전자, 새 휴대전화 공개
ko OpenAI, GPT-5 공개
ko 美 대선 결과
ko 尹 대통령, 국회 연설
ko 中 경제 성장률 5%
ko 韓日 정상회담 개최
ko iPhone 17 출시
ko AI 시대
ko 서울
ko ㅋㅋㅋ 정말요?
ko 現代自動車 노조 파업
ko 아이폰 The Pro 모델
en The court ruled on Monday that the merger may proceed.
en Apple unveils new iPad
en Why Rust?
en How to install Docker on Ubuntu
en Show HN: I built a tiny database
en Ask HN: Who is hiring?
en Google fires 200 workers
en Stocks slide as oil jumps
en What's new in Python 3.14
en Nvidia shares fall 6%
en Is AI overhyped?
en Meet the new boss
en U.S. and China reach a deal
en Trump says tariffs will stay
en I love Paris
en A trip to 東京 is what we all need this year, she said
en The Chinese word 中国 means China and it is used in this text
en BYD (比亚迪) is the largest maker of electric cars in the world
en The Japanese term 改善 stands for continuous improvement of work
en Learning a language is hard
en We're hiring!
en OpenAI releases GPT-5
en Microsoft to buy start-up for $2 billion
en Tesla recalls 2 million cars
en Why we moved from MongoDB to PostgreSQL
en Announcing TypeScript 6.0
en Breaking: Fire in downtown Chicago
en it works on my machine
en lol that was fun
en Don't panic
en Bitcoin hits record high
en Fed holds rates steady
en Israel and Hamas agree to truce
en Café culture returns to the city after years of quiet
en naïve approaches to résumé screening are not enough
en Understanding the São Paulo protests and what comes next
en El Niño returns: what it means for the weather
en https://a.example/b is down
en Update: the de facto standard is here
en The Beatles' last song is out
en La La Land wins the prize
en On the Road to AGI
en <en Swift 6.2
en <en Xi Jinping
en <en Kubernetes
en <en-US GPT-5.2
de <de-DE Swift 6.2
de <de Angela Merkel
fr <fr Emmanuel Macron
es <es Madrid
it <it Roma
en <en_GB 12345
zh <zh-CN GPT-5
zh <zh-Hans 12345
ja <ja GPT-5
ko <ko 2026
zh <en 发布会
en <zh The government said on Monday that it would change the law on data.
fr <en Le gouvernement a annoncé hier une nouvelle loi sur les données personnelles.
de <en Die Regierung hat am Montag ein neues Gesetz zum Datenschutz beschlossen.
ru <en Привет всем
ja <zh 今日は良い天気ですね。
zh <ja 今天我们发布了新的产品，欢迎大家试用。
en <zh Apple unveils new iPad
--
-- 12345
-- 3.14
-- 2026-03-04 12:30
-- 🙂🙂
-- https://a.example/b?c=1
-- a.b@example.org
-- ---
-- ？！
-- +86 138 0000 0000
-- $1,000.00
-- 100%
-- <xx-invalid-hint-zzz 12345
de Die Regierung hat ein neues Gesetz beschlossen.
de Bundestag stimmt für höhere Steuern
de Warum ist der Himmel blau?
de Straße nach Unfall gesperrt
de Das ist nicht gut.
de Über 100 Menschen verletzt
fr Le gouvernement a annoncé une nouvelle loi sur les données personnelles
fr Pourquoi le ciel est-il bleu ?
fr L'Assemblée nationale vote le budget
fr C'est la vie, mon ami
fr Les prix de l'énergie augmentent encore
es El gobierno anunció una nueva ley de protección de datos
es ¿Por qué el cielo es azul?
es La inflación sube en España
es Muere el escritor más leído del país
it Il governo ha annunciato una nuova legge sui dati personali
it Perché il cielo è blu?
it La borsa di Milano chiude in rialzo
pt O governo anunciou uma nova lei de proteção de dados
pt Por que o céu é azul? Não sei
pt A inflação não para de subir no país
nl De regering heeft een nieuwe wet aangekondigd
nl Waarom is de lucht blauw?
sv Regeringen har beslutat om en ny lag
sv Varför är himlen blå?
da Hvorfor er himlen blå? Det ved ingen endnu
pl Rząd ogłosił nową ustawę o ochronie danych
pl Dlaczego niebo jest niebieskie?
cs Vláda oznámila nový zákon o ochraně údajů
tr Hükümet yeni bir yasa açıkladı
tr Gökyüzü neden mavi?
vi Chính phủ công bố luật mới về bảo vệ dữ liệu
id Pemerintah mengumumkan undang-undang baru tentang perlindungan data
fi Hallitus on päättänyt uudesta laista tänään
hu A kormány új törvényt jelentett be tegnap
ro Guvernul a anunțat o nouă lege privind protecția datelor
ru Правительство объявило о новом законе о персональных данных
ru Москва
ru Почему небо голубое?
uk Уряд оголосив про новий закон щодо захисту даних
uk Чому небо блакитне? Її ніхто не питав
bg Правителството обяви нов закон за защита на данните
el Η κυβέρνηση ανακοίνωσε νέο νόμο
ar أعلنت الحكومة عن قانون جديد لحماية البيانات الشخصية
fa دولت قانون جدیدی را برای حفاظت از داده‌ها اعلام کرد
he הממשלה הודיעה על חוק חדש
hi सरकार ने नए कानून की घोषणा की
th รัฐบาลประกาศกฎหมายใหม่
bn সরকার নতুন আইন ঘোষণা করেছে
ta அரசு புதிய சட்டத்தை அறிவித்தது
ka მთავრობამ ახალი კანონი გამოაცხადა
hy Կառավարությունը նոր օրենք է հայտարարել
"""


def _read(line: str) -> tuple[str, str, str]:
    """Code, hint and text of one line."""
    code, _, rest = line.partition(" ")
    hint = ""
    if rest.startswith("<"):
        hint, _, rest = rest[1:].partition(" ")
    return ("" if code == "--" else code), hint, rest


CASES = [_read(line) for line in BLOCK.strip().splitlines()]
