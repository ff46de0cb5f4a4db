"""Whether a page can be read by everyone: axe-core, a budget, and what a phone needs.

Sizes, counts and layout shifts are held to; times depend on the machine and belong to the
benchmarks.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Page, Request, Response

# Kilobytes here are 1,000 bytes. A page alone, and with everything that it loads.
HTML_LIMIT = 50_000
ALL_LIMIT = 100_000
SHIFT_LIMIT = 0.01
READING_PX = 16
SMALLEST_PX = 13
# From this many characters on, a text is read and not only looked at.
READ_FROM = 40

_AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
# All rules for WCAG 2 A and AA and best practice; the size of tap targets (2.2) is off by default.
_RUN = """async () => {
  const rules = { "target-size": { enabled: true } };
  const found = await axe.run(document, { resultTypes: ["violations"], rules });
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.impact} ${rule.id}: ${node.html.slice(0, 160)} (${node.failureSummary})`));
}"""
_MEASURE = """() => {
  const shown = (el) => {
    const box = el.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  const small = [], tiny = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const text = node.data.trim(), el = node.parentElement;
    if (!text || !shown(el) || el.closest("script, style, svg, noscript")) continue;
    const px = parseFloat(getComputedStyle(el).fontSize);
    if (px < SMALLEST) tiny.push(`${px}px: ${text.slice(0, 60)}`);
    else if (px < READING && text.length >= LONG && el.closest("main"))
      small.push(`${px}px: ${text.slice(0, 60)}`);
  }
  for (const el of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (shown(el) && parseFloat(getComputedStyle(el).fontSize) < READING) small.push(el.outerHTML);
  const root = document.documentElement;
  return {
    small, tiny, overflow: root.scrollWidth - root.clientWidth,
    unsized: [...document.images].map((i) => i.outerHTML)
      .filter((html) => !/ width=/.test(html) || !/ height=/.test(html)),
    scripts: [...document.scripts].filter((s) => s.type !== "application/ld+json").length,
    handlers: [...document.querySelectorAll("*")].flatMap((el) => [...el.attributes])
      .filter((a) => a.name.startsWith("on") || a.name === "style").map((a) => a.name),
  };
}"""
_HEAD = """() => ({
  title: document.title,
  lang: document.documentElement.lang,
  viewport: document.querySelector("meta[name=viewport]")?.content ?? "",
  description: document.querySelector("meta[name=description]")?.content ?? "",
  canonical: document.querySelector("link[rel=canonical]")?.href ?? "",
  alternates: [...document.querySelectorAll("link[hreflang]")].map((l) => l.hreflang),
})"""
_SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 60);
})"""


async def axe_findings(page: Page) -> list[str]:
    """What axe-core objects to on the page as it stands, one line each."""
    # By the debugger, so that the page's own policy against scripts stays as it is.
    await page.evaluate(_AXE)
    return list(await page.evaluate(_RUN))


async def measured(page: Page) -> dict[str, Any]:
    """Text too small to read, what is wider than the window, scripts, pictures without a size."""
    numbers = {"SMALLEST": SMALLEST_PX, "READING": READING_PX, "LONG": READ_FROM}
    script = _MEASURE
    for name, value in numbers.items():
        script = script.replace(name, str(value))
    return dict(await page.evaluate(script))


async def head_of(page: Page) -> dict[str, Any]:
    """Title, language, viewport, description, canonical address and other languages."""
    return dict(await page.evaluate(_HEAD))


async def layout_shift(page: Page) -> float:
    """How much of the page moved while it came (the sum behind CLS)."""
    return float(await page.evaluate(_SHIFTS))


@dataclass
class Traffic:
    """What a page loads. Attach before going there."""

    requests: list[Request] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page) -> "Traffic":
        """Listen to `page`."""
        made = cls()
        page.on("request", made.requested)
        page.on("response", made.answered)
        return made

    def requested(self, request: Request) -> None:
        """Note a request."""
        self.requests.append(request)

    def answered(self, response: Response) -> None:
        """Note an answer."""
        self.responses.append(response)

    def clear(self) -> None:
        """Forget what was loaded so far."""
        self.requests.clear()
        self.responses.clear()

    def kinds(self) -> list[str]:
        """The kinds of things loaded (document, stylesheet, image …), the icon left out."""
        return sorted(
            one.resource_type for one in self.requests if "favicon" not in urlsplit(one.url).path
        )

    def hosts(self) -> set[str]:
        """Where from."""
        return {urlsplit(one.url).netloc for one in self.requests if one.url[:5] != "data:"}

    async def html_bytes(self) -> int:
        """The size of the document, unpacked."""
        (document,) = [one for one in self.responses if one.request.resource_type == "document"]
        return len(await document.body())

    async def all_bytes(self) -> int:
        """The size of everything but pictures, unpacked."""
        bodies = [
            len(await one.body()) for one in self.responses if one.request.resource_type != "image"
        ]
        return sum(bodies)
