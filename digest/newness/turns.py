"""What a headline says has happened: a landing, a resignation, a ruling, an answer.

A turn needs no figure to be news. Only what has happened is one: a clause that plans, expects,
denies or reports by hearsay that something will be (将于周五发射, "plans to launch") has none, so
that the launch itself is one when it comes. Words for the same turn are of one kind.
"""

import re
from functools import lru_cache

from digest.regexes import regex

_KINDS = {
    "landed": (
        r"着陆(?!场|点|区|器|时间)|溅落|返回地球|安全返回|成功回收|成功登陆",
        r"lands|landed|touch(?:es|ed) down|splash(?:es|ed) down|returns to earth",
    ),
    "flown": (
        r"发射成功|成功发射|发射升空|点火升空|成功升空|成功入轨|首飞成功",
        r"lifts? off|lifted off|blasts? off|blasted off|reach(?:es|ed) orbit|launch(?:es|ed) into",
    ),
    "won": (
        r"夺冠|夺得|获胜|击败|战胜|淘汰|晋级|止步|当选|胜选|连任|获奖|摘得|折桂",
        r"wins|won|beats?|defeats|defeated|elected|re-elected|advances? to|knocked out|crowned",
    ),
    "shown": (
        r"发布(?!博文|消息|视频|推文|微博|公告|报告|文章|详细|通报|声明|数据|会)|推出|亮相|首秀|面世",
        r"launch(?:es|ed)|unveils?|unveiled|debuts?|debuted",
    ),
    "to be had": (
        r"上市(?!后|公司|首|以来|前|车|规则|申请|辅导|企业)|开售|发售|开卖|上线|上架|推送|开放下载|全量开放",
        r"releases?|released|goes on sale|now available|rolls? out|rolled out",
    ),
    "sold": (r"售罄|抢空", r"sold out|sells out"),
    "delivered": (r"交付", r"deliver(?:s|ed|ies)"),
    "opened source": (r"开源", r"open[- ]sourc(?:es|ed)"),
    "left": (
        r"辞职|辞任|离职|卸任|下课|免职|解职|罢免|撤职|退休|下台",
        r"resigns?|resigned|steps? down|stepped down|quits?|ousts?|ousted|fires|fired|sacked",
    ),
    "came": (
        r"任命|接任|出任|上任|就任|履新|接替",
        r"appoints?|appointed|named|takes? over as",
    ),
    "judged": (
        r"判决|裁定|宣判|判处|判令|获刑|胜诉|败诉|定罪|罚没|被罚|处罚",
        r"rules|ruled|verdict|convicts?|convicted|sentenced|acquitted|guilty|fines|fined",
    ),
    "charged": (
        r"起诉|逮捕|被捕|批捕|落网|拘留|被抓|自首|立案|通缉|刑拘",
        r"arrests?|arrested|charged|indicts?|indicted|detained|sues|sued",
    ),
    "died": (r"去世|逝世|病逝|身亡|遇难", r"dies|died|dead|killed"),
    "agreed": (
        r"达成(?:\w{0,6}协议|和解|一致|停火)|签署|签约|和解|完成收购|完成交割|谈妥|落槌",
        r"settles?|settled|signs|signed|agrees|agreed|reach(?:es|ed) (?:a )?deal|clinch(?:es|ed)",
    ),
    "broken": (
        r"破裂|谈崩|终止|叫停|流产|发射失败|搁浅|作废",
        r"collapses?|collapsed|scraps|scrapped|abandons?|abandoned|call(?:s|ed) off|falls apart",
    ),
    "allowed": (
        r"获批|批准|审议通过|表决通过|过会|放行|获得许可|获准",
        r"approves|approved|clears|cleared|passes|passed|greenlights?",
    ),
    "stopped": (
        r"停售|停产|停运|停牌|停飞|下架|关停|关闭|封禁|被禁|停服|停止",
        r"suspends|suspended|halts|halted|shuts|shut down|bans|banned|pulls|pulled",
    ),
    "resumed": (
        r"恢复|复牌|复产|复工|复航|重启|重新上线|重新开放|解禁",
        r"resumes|resumed|restores|restored|reopens|reopened|lifts|lifted",
    ),
    "found": (
        r"找到|查明|获救|原因公布|调查结果|情况通报|发布通报|通报",
        r"rescued|found|identified|concludes|concluded",
    ),
    "begun": (
        r"开工|投产|通车|启用|开通|开馆|开幕|启动|今起|抵达|启程|到访",
        r"begins|began|opens|opened|kicks off|kicked off|arrives|arrived",
    ),
    "ended": (r"闭幕|收官|结束|完工|竣工|落幕", r"ends|ended|closes|closed|completes|completed"),
}  # fmt: skip
_TURNS = {
    kind: regex(rf"{chinese}|\b(?:{english})\b", re.IGNORECASE)
    for kind, (chinese, english) in _KINDS.items()
}
_RELEASE = frozenset({"shown", "to be had", "begun"})
_AWAITED = regex(
    r"曝光|预[热约售订]|[内邀公封]测|测试[版招]|谍照|入网|泄露|\bbeta\b|\bpreview\b", re.IGNORECASE
)
_CLAUSE = regex(r"[，。；：！？|｜]|[,:;.?!] ")
# What is planned, feared, denied or only heard of has not happened.
_NOT_YET = regex(
    r"将(?!军)|拟|计划|预计|有望|或(?!者)|即将|打算|考虑|可能|疑似|据传|被传|曝|爆料|消息称|报道称|有消息|传闻|知情人士|[明后][日天年]|下[周月]"
    r"|预热|倒计时|等待|尚未|未能|不会|没有|否认|呼吁|要求|威胁|敦促|力争|争取|目标|准备|需要|应该|要在|最快|最早|最迟|筹备|定档|在即"
    r"|\d\s?月(?:份|底|初|[上中下]旬)?(?:\s?\d+\s?[日号])?(?:正式|开启|发布|上市|开售|发售|亮相|首秀|登场|交付)"
    r"|\b(?:will|would|may|might|could|should|plans?|planning|expected|expects|set to|about to"
    r"|reported(?:ly)?|reports|rumou?r\w*|leak\w*|consider(?:s|ing)?|weighs?|in talks|threat\w*"
    r"|urges?|not|no|if|wants?|seeks?|to)\b",
    re.IGNORECASE,
)

_REACTION = regex(
    r"回应|否认|澄清|致歉|道歉|辟谣|驳斥|反驳|回怼|反击|起诉|上诉|抗议|谴责|质疑|召回|撤回|取消|被罚|处罚|(?<!谈)判(?!断|若)|获批|通过"
    r"|\b(?:respond|den(?:y|ies|ied)|apologi[sz]|sue[sd]?\b|slam|criticis|criticiz|reject|appeal"
    r"|react|condemn|backlash|recall|withdraw|cancel|fine[sd]\b|approve|reverse|hits? back"
    r"|fires? back)",
    re.IGNORECASE,
)
_REVERSAL = regex(
    r"否认|辟谣|驳斥|澄清|延期|推迟|跳票|撤回|取消"
    r"|\b(?:den(?:y|ies|ied)|refut|delay|postpone|withdraw|cancel)",
    re.IGNORECASE,
)
# Somebody makes something known, or it can be seen.
_TELLING = regex(
    r"宣布|公布|披露|证实|确认|透露|表示|承认|警告|强调|回应|公告|官宣|消息称|曝|爆料|现身|亮相|晒|定档|入网|获[得颁批评首]"
    r"|[^自堪简俗名]称|突破|[总票房数]破|扩大|上调|下调|涨价|降价|增至|升至|降至|延期|撤回|推出|上线|招募"
    r"|\b(?:says?|said|confirms?|reveals?|announces?|reports?|warns?|admits?|files?|filed|plans?|adds?"
    r"|raises?|cuts?|releases?|shows?|leaks?|hits?|tells?|unveils?|launches|agrees?)\b",
    re.IGNORECASE,
)
# What is said about an event and not by it.
_COMMENT = regex(
    r"[？?]\s*$|为何|为什么|凭什么|何以|背后|意味着|怎么看|解读|详解|复盘|盘点|岂能|何去何从|说明了什么|启示"
    r"|^(?:一见|锐评|社评|评论|观察|时评|专访|深度|人民时评|快评|短评|侠客岛|学习手记)"
    r"|^(?:热点精选|视频丨)"
    r"|^(?:why|how|what|inside|behind|opinion|analysis|explained|the case for)\b|explained$"
    r"|takeaways\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=2048)
def turns(text: str) -> frozenset[str]:
    """The kinds of turns that a text says have happened."""
    found = {kind for kind, cue in _TURNS.items() if cue.search(text)}
    if not found:
        return frozenset()
    if not _NOT_YET.search(text):
        return frozenset(found)
    clauses = [clause for clause in _CLAUSE.split(text) if not _NOT_YET.search(clause)]
    return frozenset(kind for kind in found if any(_TURNS[kind].search(one) for one in clauses))


def reactions(text: str) -> frozenset[str]:
    """By which words a text says that somebody answers, or that something is taken back."""
    return frozenset(match.casefold() for match in _REACTION.findall(text))


def reverses(text: str) -> bool:
    """Whether a text says that something is denied, put off or taken back."""
    return bool(_REVERSAL.search(text))


def is_released(kinds: frozenset[str]) -> bool:
    """Whether the turns are but that a thing can be seen or had, of which all write for days."""
    return kinds <= _RELEASE


def awaits(title: str) -> bool:
    """Whether a title is of something to come: a plan, a leak, a test."""
    return bool(_NOT_YET.search(title) or _AWAITED.search(title))


def tells(title: str) -> bool:
    """Whether a title says that something was made known or was seen, and not what to think."""
    return bool(_TELLING.search(title))


def is_comment(title: str) -> bool:
    """Whether a title announces what somebody makes of an event, and not an event."""
    return bool(_COMMENT.search(title))
