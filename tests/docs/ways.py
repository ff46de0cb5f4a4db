"""What a reader meets that has no text of its own in the catalogues: ways in, and pages."""

# Ways to the bot that are neither command nor button: Chinese, English.
WAYS: dict[str, tuple[str, str]] = {
    "plain text": ("不带命令的文字就是搜索", "Plain words without a command are a search"),
    "pasted link": ("发一个网页链接：当场读", "A link that is sent is read on the spot"),
    "pasted OPML": (
        "编辑部的人发来 OPML 文件：先说里面有什么，再问要不要导入",
        "An OPML file from the staff: what it holds is said, and whether to import it is asked",
    ),
    "forwarded link": (
        "转发带链接的消息：一样读",
        "A forwarded post with a link is read as well",
    ),
    "inline": (
        "在任何聊天里输入 @机器人 和几个字，把卡片发到那里",
        "@bot and a few words, typed in any chat, offer cards to send there",
    ),
    "deep link s_": ("打开一条信号的链接 t.me/…?start=s_编号", "A link that opens one signal"),
    "deep link t_": ("打开一个话题的链接 t.me/…?start=t_话题", "A link that opens one topic"),
    "deep link story_": ("打开一个专题的链接", "A link that opens one story"),
    "deep link week_": ("打开一期周报的链接", "A link that opens one week in review"),
    "deep link col_": ("打开一个栏目的链接", "A link that opens one column"),
    "deep link c_": ("打开别人分享的收藏集的链接", "A link that opens a shared collection"),
    "file of collections": (
        "把导出的 JSON 文件发给机器人：导入收藏",
        "An exported JSON file sent to the bot: collections are imported",
    ),
    "deep link e_": (
        "一次性邀请链接：加入编辑部",
        "A link that works once: whoever opens it joins the newsroom",
    ),
    "deep link in_": (
        "从编辑群来要内页的个人链接",
        "The staff come from their group for a personal link to the staff pages",
    ),
    "deep link q_": ("带着搜索词打开机器人的链接", "A link that opens the bot with a search"),
    "shared place": (
        "发来的位置只用来定时区，不保存",
        "A shared place sets the time zone and is not kept",
    ),
    "unknown command": (
        "不认识的命令：提示最接近的",
        "An unknown command: the nearest is suggested",
    ),
    "group added": ("被拉进群组：打招呼", "Being added to a group: the bot says hello"),
    "group migrated": ("群组升级后设置都在", "A group that became a supergroup keeps everything"),
    "blocked and back": (
        "屏蔽后停止推送，回来后照旧",
        "Blocking stops pushes; coming back resumes",
    ),
    "channel": (
        "频道：只有管理员能改，读者各看各的",
        "Channels: admins configure, readers only read",
    ),
    "forum topic": ("论坛话题：各有各的设置", "Forum topics: each with settings of its own"),
    "filters typed": (
        "搜索词里可以写栏目、信源、日期来缩小范围",
        "Words typed into a search narrow it by column, source and day",
    ),
    "subscribers' page": (
        "只给订阅者看的页面，由机器人的链接打开",
        "Pages for subscribers only open by links of the bot",
    ),
    "another bot": ("发给别的机器人的命令不理会", "Commands to another bot are left alone"),
}

# The routes of the web application: Chinese, English.
PAGES: dict[str, tuple[str, str]] = {
    "/": ("首页：今天", "Home: today"),
    "/s/{id}": ("信号页", "One signal"),
    "/s/{id}/card.png": (
        "信号的图：标题与关键数字",
        "A signal's picture: headline and key number",
    ),
    "/column/{id}": ("栏目", "A column"),
    "/column/{id}/feed.xml": ("栏目的 Atom", "A column as Atom feed"),
    "/column/{id}/rss.xml": ("栏目的 RSS", "A column as RSS feed"),
    "/column/{id}/feed.json": ("栏目的 JSON Feed", "A column as JSON Feed"),
    "/column/{id}/card.png": ("栏目的图", "A column's picture"),
    "/topic/{id}": ("话题与走势", "A topic and its trend"),
    "/topic/{id}/feed.xml": ("话题的 Atom", "A topic as Atom feed"),
    "/topic/{id}/rss.xml": ("话题的 RSS", "A topic as RSS feed"),
    "/topic/{id}/feed.json": ("话题的 JSON Feed", "A topic as JSON Feed"),
    "/topic/{id}/card.png": ("话题的图", "A topic's picture"),
    "/story/{id}": ("专题：时间线与数字", "A story: its course and its figures"),
    "/story/{id}/feed.xml": ("专题的 Atom", "A story as Atom feed"),
    "/story/{id}/rss.xml": ("专题的 RSS", "A story as RSS feed"),
    "/story/{id}/feed.json": ("专题的 JSON Feed", "A story as JSON Feed"),
    "/story/{id}/card.png": ("专题的图", "A story's picture"),
    "/c/{key}": ("分享的收藏集", "A shared collection"),
    "/c/{key}/feed.xml": ("分享的收藏集的 Atom", "A shared collection as Atom feed"),
    "/c/{key}/rss.xml": ("分享的收藏集的 RSS", "A shared collection as RSS feed"),
    "/c/{key}/feed.json": ("分享的收藏集的 JSON Feed", "A shared collection as JSON Feed"),
    "/archive": ("往期：这个月的日历", "The archive: this month's calendar"),
    "/archive/{month}": ("往期：一个月的日历", "The archive: one month's calendar"),
    "/week": ("转到这一周的回顾", "Leads to the review of this week"),
    "/week/{week}": ("周报", "The week in review"),
    "/week/{week}/card.png": ("周报的图", "The week's picture"),
    "/day/{day}": ("一天的存档", "The archive of one day"),
    "/search": ("搜索", "Search"),
    "/sources": ("信源与健康状况", "The sources and their health"),
    "/sources.opml": ("信源列表", "The list of sources as OPML"),
    "/feed.xml": ("全部信号的 Atom", "All signals as Atom feed"),
    "/rss.xml": ("全部信号的 RSS", "All signals as RSS feed"),
    "/feed.json": ("全部信号的 JSON Feed", "All signals as JSON Feed"),
    "/card.png": ("首页的图", "The home page's picture"),
    "/sitemap.xml": ("网站地图", "The site map"),
    "/sitemap/pages.xml": ("网站地图：列表与日历", "The site map: lists and calendars"),
    "/sitemap/stories.xml": ("网站地图：专题", "The site map: stories"),
    "/sitemap/signals-{part}.xml": ("网站地图：信号", "The site map: signals"),
    "/healthz": ("进程是否活着", "Whether the process is alive"),
    "/metrics": ("监控指标，只给带令牌的监控程序看", "Figures for Prometheus, by token only"),
    "/readyz": ("能否应答", "Whether it can answer"),
    "/static/{name}": ("样式等静态文件", "Static files"),
    "/robots.txt": ("给爬虫的规则", "Rules for robots"),
    "/favicon.ico": ("图标", "The icon"),
    "/app": (
        "Telegram 里的小程序：收藏和设置",
        "The Mini App inside Telegram: collections, settings",
    ),
    "/app/saved": ("小程序里的全部收藏集", "All collections in the Mini App"),
    "/app/saved/{list}": ("小程序里的一个收藏集", "One collection in the Mini App"),
    "/app/saved/{list}/{id}": (
        "小程序里的备注、移动、移出",
        "Notes, moving, removing in the Mini App",
    ),
    "/app/undo": ("小程序里的撤销", "Taking back in the Mini App"),
    "/app/s/{id}": ("小程序里的信号页，可收藏", "A signal in the Mini App, to be saved"),
    "/app/settings": ("小程序里的全部设置", "All settings in the Mini App"),
    "/app/settings/{page}": ("小程序里的一项设置", "One setting in the Mini App"),
    "/desk": ("编辑部内页", "The staff pages"),
    "/desk/stats": ("数字：文字、图和表格", "The numbers in words, pictures and tables"),
    "/desk/stats/{picture}.png": ("数字的一张图", "One picture of the numbers"),
    "/desk/enter": (
        "个人链接：换成这个浏览器的通行证",
        "A personal link, exchanged for this browser's pass",
    ),
    "/desk/leave": ("退出内页", "Signing out of the staff pages"),
    "/app/session": ("打开小程序：验明是谁", "Opening the Mini App: who is it"),
}

# Routes whose answer has no language.
WORDLESS = frozenset(
    {
        "/healthz",
        "/readyz",
        "/static/{name}",
        "/robots.txt",
        "/favicon.ico",
        "/sources.opml",
        "/sitemap.xml",
        "/sitemap/pages.xml",
        "/sitemap/stories.xml",
        "/sitemap/signals-{part}.xml",
    }
)
