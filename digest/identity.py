"""What makes two addresses the same page, and two items of a source the same entry.

Both answers are stored for ever, so they are stable: `canonical_url` is idempotent and depends
on nothing but its argument.
"""

import re
from datetime import datetime
from hashlib import blake2b
from urllib.parse import unquote_to_bytes, urlsplit, urlunsplit

from digest.regexes import regex

_DEFAULT_PORTS = {"http": 80, "https": 443}
_KEY_BYTES = 10

# Parameters that say how a reader came, never what the page is.
_CLICK_IDS = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id
    igshid igsh epik srsltid _gl _ga mc_cid mc_eid _hsenc _hsmi hsctatracking mkt_tok
    vero_id vero_conv oly_enc_id oly_anon_id ml_subscriber ml_subscriber_hash _bhlid
    ck_subscriber_id wickedid s_cid sc_cid sc_campaign cmpid cmp ncid ocid xtor wt_mc wt_zmc
    trk trkinfo lipi ref_src ref_url referrer guccounter guce_referrer guce_referrer_sig
    smid smtyp ftag at_medium at_campaign at_campaign_type at_link_id at_link_origin
    at_link_type at_format at_ptr_name at_bbc_team at_custom1 at_custom2 at_custom3
    at_custom4 __twitter_impression dicbo zanpid soc_src soc_trk
"""
_CHINESE_APPS = """
    spm scm spm_id_from from_spmid vd_source share_source share_medium share_plat
    share_session_id share_tag share_token share_from share_times sharer_shareid
    sharer_shareinfo shareid is_from_webapp isappinstalled nsukey unique_k bd_vid hmsr hmpl
    hmcu hmkw hmci weibo_id wechatshareinfo f_link_type from_source from_module
"""
_TRACKING = frozenset((_CLICK_IDS + _CHINESE_APPS).split())
_TRACKING_PREFIXES = ("utm_", "utm-", "hsa_", "pk_", "piwik_", "mtm_", "matomo_", "itm_", "stm_")

# Words that tell that `from=`, `ref=`, `source=` … name a way here, not a part of the page.
_WAYS = regex(
    r"(?:rss|feed|atom|xml|newsletter|email|mail|share|shared|sharing|social|app|mobile|pc|wap|web"
    r"|home|homepage|index|search|hot|recommend|related|push|timeline|singlemessage|groupmessage"
    r"|weixin|wechat|wx|weibo|qq|qzone|douban|zhihu|toutiao|baidu|bilibili|telegram|tg|twitter"
    r"|x|t\.co|facebook|fb|linkedin|reddit|hn|hackernews|hacker[-_]news|producthunt|google|bing"
    r"|medium|substack|flipboard|feedly|inoreader|(?:[a-z0-9-]+\.)+(?:com|org|net|io|cn|co|dev|ai)"
    r")(?:[-_ ].*|-{2,}.*)?",
    re.IGNORECASE,
)
_WAY_PARAMETERS = frozenset(
    {"from", "ref", "source", "src", "via", "f", "partner", "emc", "referer"}
)
# An article of a WeChat account is these four; everything else there describes the sharing.
_WECHAT_PARTS = frozenset({"__biz", "mid", "idx", "sn", "appmsgid", "itemidx"})

_AMP_CACHE = regex(r"/(?:c|v)/(s/)?(.+)")
_AMP_PATH = regex(r"/amp(?:/|\.html)?$", re.IGNORECASE)
_AMP_VALUES = frozenset({"", "1", "amp", "true"})
_ESCAPE = regex(rb"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Characters that may stand in a path or query as they are (RFC 3986), with "%" for escapes.
_PLAIN = _UNRESERVED | frozenset(b"%!$&'()*+,;=:@/?")
_BLANKS = regex(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060\ufeff\ud800-\udfff]+")

_SPACE = regex(r"\s")


def canonical_url(url: str) -> str:
    """The address that stands for a page, however a reader came to it.

    Lower-case host, no user, default port, fragment (except "#!" and "#/" routes), tracking
    parameters, AMP wrapping or trailing slash; escapes in one spelling. Parameters keep their
    order, and the scheme stays. What is not http(s) comes back trimmed and otherwise untouched.
    Idempotent.
    """
    text = _BLANKS.sub("", url)
    for _ in range(100):  # unwrapping may uncover something to unwrap
        step = _canonical_once(text)
        if step == text:
            break
        text = step
    return text


def entry_key(guid: str, url: str, title: str, published_at: datetime | None) -> str:
    """The identity of an entry within its source: 20 hex digits.

    From the guid when the source gives one, else from the canonical address, else from title and
    date, so that an edited entry stays the same entry.
    """
    if guid.strip():
        basis = f"guid\0{guid.strip()}"
    elif url:
        basis = f"url\0{canonical_url(url)}"
    else:
        moment = published_at.isoformat() if published_at else ""
        basis = f"title\0{title}\0{moment}"
    return blake2b(basis.encode("utf-8", "replace"), digest_size=_KEY_BYTES).hexdigest()


def _canonical_once(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return text
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    if scheme not in _DEFAULT_PORTS or not host or _SPACE.search(host):
        return text
    unwrapped = _out_of_amp_cache(host, parts.path, parts.query)
    if unwrapped:
        return unwrapped
    if ":" in host:
        host = f"[{host}]"
    place = host if port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"
    path = _AMP_PATH.sub("", _escaped(parts.path)).rstrip("/") or "/"
    query = _query(host, parts.path, parts.query)
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return urlunsplit((scheme, place, path, query, _escaped(fragment)))


def _out_of_amp_cache(host: str, path: str, query: str) -> str:
    """The page behind Google's AMP viewer or cache, or "" when this is neither."""
    if host.endswith(".cdn.ampproject.org"):
        found = _AMP_CACHE.fullmatch(path)
    elif host.startswith(("www.google.", "google.")) and path.startswith("/amp/"):
        found = _AMP_CACHE.fullmatch("/c" + path.removeprefix("/amp"))
    else:
        return ""
    if not found:
        return ""
    address = f"{'https' if found[1] else 'http'}://{found[2]}"
    return f"{address}?{query}" if query else address


def _query(host: str, path: str, query: str) -> str:
    if not query:
        return ""
    pairs = [part for part in query.split("&") if part]
    names = [_name(part) for part in pairs]
    if host == "mp.weixin.qq.com" and "__biz" in names:
        kept = [part for part, name in zip(pairs, names, strict=True) if name in _WECHAT_PARTS]
    elif host == "mp.weixin.qq.com" and path.startswith("/s/"):
        kept = []  # the short form carries everything in its path
    else:
        kept = [
            part for part, name in zip(pairs, names, strict=True) if not _tracks(name, part, host)
        ]
    return "&".join(_escaped(part) for part in kept)


def _name(part: str) -> str:
    return _unquoted(part.partition("=")[0]).casefold()


def _tracks(name: str, part: str, host: str) -> bool:
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    value = _unquoted(part.partition("=")[2])
    if name in _WAY_PARAMETERS:
        return bool(_WAYS.fullmatch(value))
    if name in {"amp", "outputtype", "output"}:
        return value.casefold() in _AMP_VALUES if name == "amp" else value.casefold() == "amp"
    if host.endswith(("youtube.com", "youtu.be")):
        return name in {"si", "feature", "pp", "ab_channel"}
    return False


def _unquoted(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")


def _escaped(text: str) -> str:
    """One spelling of escapes: none for unreserved characters, upper-case hex for the rest."""

    def spell(found: re.Match[bytes]) -> bytes:
        byte = int(found[1], 16)
        return bytes((byte,)) if byte in _UNRESERVED else b"%%%02X" % byte

    data = _ESCAPE.sub(spell, text.encode("utf-8", "replace"))
    if all(byte in _PLAIN for byte in data):
        return data.decode("ascii")
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in data)
