// The Mini App's own script: who opened it, what Telegram's window does, and pages by fetch.
// It speaks the documented exchange of messages (core.telegram.org/api/web-events) and no more.
"use strict";

const HEADER = "X-App-Session";
const KEPT = "hexin-app";
const root = document.documentElement;
const inFrame = window.parent !== window;

// --- what outlives a reload: the session and the theme, in this window only ------------------

const kept = (() => {
  try { return JSON.parse(sessionStorage.getItem(KEPT)) ?? {}; } catch { return {}; }
})();

function keep(changes) {
  Object.assign(kept, changes);
  try { sessionStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* storage is shut: no reload */ }
}

// --- Telegram's window ------------------------------------------------------------------------

function tell(type, data = {}) {
  if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent(type, JSON.stringify(data));
  else if (window.external && "notify" in window.external) window.external.notify(JSON.stringify({ eventType: type, eventData: data }));
  // Nothing secret is told, and the page's policy says who may be the parent.
  else if (inFrame) window.parent.postMessage(JSON.stringify({ eventType: type, eventData: data }), "*");
  else return false;
  return true;
}

function hear(type, data = {}) {
  switch (type) {
    case "theme_changed": return dress(data.theme_params);
    case "back_button_pressed": return depth() ? history.back() : tell("web_app_close");
    case "viewport_changed":
      if (data.is_state_stable && data.height > 0) root.style.setProperty("--window", `${data.height}px`);
      return undefined;
    case "safe_area_changed": return inset("safe", data);
    case "content_safe_area_changed": return inset("content", data);
    case "reload_iframe": return location.reload();
    default: return undefined;
  }
}

function inset(name, data) {
  for (const side of ["top", "bottom", "left", "right"]) {
    const px = Number(data?.[side]);
    if (px >= 0 && px < 500) root.style.setProperty(`--${name}-${side}`, `${px}px`);
  }
}

// Native apps call one of these names; web clients send messages to the frame.
const receiver = { receiveEvent: hear };
window.Telegram = { WebView: receiver };
window.TelegramGameProxy = receiver;
window.TelegramGameProxy_receiveEvent = hear;
window.addEventListener("message", (event) => {
  if (event.source !== window.parent || !inFrame) return;
  try {
    const { eventType, eventData } = JSON.parse(event.data);
    hear(eventType, eventData);
  } catch { /* not meant for us */ }
});

// --- colours ----------------------------------------------------------------------------------

const parsed = (color) => /^#[0-9a-f]{6}$/i.test(color ?? "") ? [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)) : null;
const written = (rgb) => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;

function light(rgb) {
  const [r, g, b] = rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

// Telegram's hints are often too pale to read: towards the text's colour until they can be (AA).
function legible(color, text, papers) {
  for (let share = 0; share <= 1; share += 0.05) {
    const mixed = color.map((part, at) => part + (text[at] - part) * share);
    if (papers.every((paper) => contrast(mixed, paper) >= 4.6)) return mixed;
  }
  return text;
}

function dress(params) {
  const paper = parsed(params?.bg_color);
  const ink = parsed(params?.text_color);
  if (!paper || !ink || contrast(paper, ink) < 4.5) return; // no theme, or none to read by
  const raised = parsed(params.section_bg_color) ?? parsed(params.secondary_bg_color) ?? paper;
  const papers = contrast(raised, ink) >= 4.5 ? [paper, raised] : [paper];
  const dark = light(paper) < 0.2;
  const accent = parsed(params.accent_text_color) ?? parsed(params.link_color) ?? ink;
  const button = parsed(params.button_color) ?? accent;
  const label = parsed(params.button_text_color) ?? paper;
  const colors = {
    paper, ink, raised: papers.at(-1),
    soft: legible(parsed(params.hint_color) ?? ink, ink, papers),
    accent: legible(accent, ink, papers),
    button: legible(button, light(label) > 0.4 ? [0, 0, 0] : [255, 255, 255], [label]), "button-ink": label,
    danger: legible(parsed(params.destructive_text_color) ?? ink, ink, papers),
  };
  for (const [name, rgb] of Object.entries(colors)) root.style.setProperty(`--${name}`, written(rgb));
  root.dataset.scheme = dark ? "dark" : "light";
  keep({ theme: params });
  tell("web_app_set_background_color", { color: written(paper) });
  tell("web_app_set_header_color", { color: written(paper) });
}

// --- pages ------------------------------------------------------------------------------------

const here = () => location.pathname + location.search;
const depth = () => history.state?.depth ?? 0;
let shownAt = here();

async function ask(path, options = {}) {
  const headers = kept.session ? { [HEADER]: kept.session } : {};
  document.body.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(path, { ...options, headers, cache: "no-store", credentials: "omit" });
    const renewed = answer.headers.get(HEADER);
    if (renewed) keep({ session: renewed });
    return answer;
  } finally {
    document.body.removeAttribute("aria-busy");
  }
}

async function go(path, { push = true, replace = false } = {}) {
  try {
    const answer = await ask(path);
    if (replace) history.replaceState({ depth: depth() }, "", path);
    else if (push) history.pushState({ depth: depth() + 1 }, "", path);
    show(await answer.text());
    shownAt = path;
    window.scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  } catch { unreachable(); }
}

async function send(form, submitter) {
  const fields = new URLSearchParams(new FormData(form, submitter));
  const path = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  if (form.method === "get") return go(`${path}?${fields}`);
  const { id } = document.activeElement ?? {};
  try {
    const answer = await ask(path, { method: "POST", body: fields });
    const place = answer.headers.get("Content-Location");
    if (place && place !== here()) history.pushState({ depth: depth() + 1 }, "", place);
    show(await answer.text());
    shownAt = here();
    const again = id && document.getElementById(id);
    if (again) again.focus({ preventScroll: true });
    else if (place || !answer.ok) document.getElementById("main")?.focus();
  } catch { unreachable(); }
  return undefined;
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const said = page.getElementById("said");
  const words = said?.textContent ?? "";
  if (said) said.textContent = "";
  document.title = page.title;
  root.lang = page.documentElement.lang;
  document.body.className = page.body.className;
  document.body.replaceChildren(...page.body.childNodes);
  // A live region is read out when words come into it, not when it comes with words.
  requestAnimationFrame(() => { const place = document.getElementById("said"); if (place) place.textContent = words; });
  tell("web_app_setup_back_button", { is_visible: depth() > 0 });
}

function unreachable() {
  const place = document.getElementById("said");
  if (place) place.textContent = document.body.dataset.unreachable || place.dataset.unreachable;
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, event.submitter);
});
document.addEventListener("change", (event) => {
  const { form } = event.target;
  if (form && "auto" in form.dataset) form.requestSubmit();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const url = new URL(link.href);
  if (link.getAttribute("href").startsWith("#")) return;
  const own = url.origin === location.origin;
  if (own && /^\/app(\/|$)/.test(url.pathname)) {
    event.preventDefault();
    go(url.pathname + url.search);
  } else if (own && /^\/s\/\d+$/.test(url.pathname)) {
    event.preventDefault();
    go(`/app${url.pathname}`);
  } else if (url.hostname === "t.me" ? tell("web_app_open_tg_link", { path_full: url.pathname + url.search }) : tell("web_app_open_link", { url: url.href })) event.preventDefault();
});
// A jump within the page is a step back to make, but no other page.
window.addEventListener("hashchange", () => { if (!history.state) history.replaceState({ depth: 1 }, ""); });
window.addEventListener("popstate", () => { if (here() !== shownAt) go(here(), { push: false }); });

// --- opening ----------------------------------------------------------------------------------

async function open() {
  const launch = new URLSearchParams(location.hash.slice(1));
  const data = launch.get("tgWebAppData") ?? "";
  const place = here();
  try { dress(JSON.parse(launch.get("tgWebAppThemeParams")) ?? kept.theme); } catch { dress(kept.theme); }
  if (inFrame) tell("iframe_ready", { reload_supported: true });
  for (const wanted of ["web_app_request_theme", "web_app_request_viewport", "web_app_request_safe_area", "web_app_request_content_safe_area"]) tell(wanted);
  if (data && data !== kept.data) {
    keep({ session: "", data });
    const answer = await ask("/app/session", { method: "POST", body: new URLSearchParams({ init_data: data }) });
    if (!answer.ok) show(await answer.text());
    else keep({ session: (await answer.json()).session });
  }
  tell("web_app_ready");
  tell("web_app_expand");
  // What opened the app stays out of the address, and so out of screenshots and histories.
  history.replaceState({ depth: 0 }, "", place);
  if (kept.session) await go(place, { replace: true });
  else if (!data) document.getElementById("stranger")?.removeAttribute("hidden"), document.getElementById("opening")?.remove();
}

open().catch(unreachable);
