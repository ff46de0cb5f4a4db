// A Mini App in a frame, and the messages that Telegram's web clients exchange with it
// (core.telegram.org/api/web-events). The app never learns of the page around it but by these.
import { el, safeUrl, startPayload } from "./render.js";

const $ = (id) => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)");
const THEMES = {
  light: {
    bg_color: "#ffffff", secondary_bg_color: "#f4f4f5", section_bg_color: "#ffffff", text_color: "#000000",
    hint_color: "#999999", link_color: "#2481cc", accent_text_color: "#2481cc", button_color: "#2481cc",
    button_text_color: "#ffffff", destructive_text_color: "#e53935", subtitle_text_color: "#999999",
    header_bg_color: "#ffffff", section_header_text_color: "#2481cc", section_separator_color: "#e7e7e8",
    bottom_bar_bg_color: "#ffffff",
  },
  dark: {
    bg_color: "#17212b", secondary_bg_color: "#232e3c", section_bg_color: "#17212b", text_color: "#f5f5f5",
    hint_color: "#708499", link_color: "#6ab3f3", accent_text_color: "#6ab2f2", button_color: "#5288c1",
    button_text_color: "#ffffff", destructive_text_color: "#ec3942", subtitle_text_color: "#708499",
    header_bg_color: "#17212b", section_header_text_color: "#6ab3f3", section_separator_color: "#111921",
    bottom_bar_bg_color: "#17212b",
  },
};

let frame = null;
let start = () => {};

const theme = () => THEMES[dark.matches ? "dark" : "light"];
const say = (eventType, eventData = {}) => frame?.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), "*");
const size = () => ({ height: frame.clientHeight, width: frame.clientWidth, is_expanded: true, is_state_stable: true });
const nothing = { top: 0, bottom: 0, left: 0, right: 0 };

export function openApp({ url, init_data: data }) {
  const launch = new URLSearchParams({
    tgWebAppData: data, tgWebAppVersion: "9.1", tgWebAppPlatform: "web", tgWebAppThemeParams: JSON.stringify(theme()),
  });
  frame = el("iframe", {
    title: "核心信息", sandbox: "allow-scripts allow-same-origin allow-forms allow-popups",
    "data-testid": "webapp-frame",
    // "+" for a space is a form's spelling; apps decode fragments as percent-encoding.
    src: `${url}${url.includes("#") ? "&" : "#"}${launch.toString().replaceAll("+", "%20")}`,
  });
  $("webapp-back").hidden = true;
  $("webapp-place").replaceChildren(frame);
  $("webapp").showModal();
}

function close() {
  $("webapp").close();
}

const heard = {
  iframe_ready: () => say("set_custom_style", ""),
  web_app_ready: () => {},
  web_app_expand: () => say("viewport_changed", size()),
  web_app_close: close,
  web_app_request_theme: () => say("theme_changed", { theme_params: theme() }),
  web_app_request_viewport: () => say("viewport_changed", size()),
  web_app_request_safe_area: () => say("safe_area_changed", nothing),
  web_app_request_content_safe_area: () => say("content_safe_area_changed", nothing),
  web_app_setup_back_button: (data) => { $("webapp-back").hidden = data.is_visible !== true; },
  web_app_set_header_color: () => {},
  web_app_set_background_color: () => {},
  web_app_open_link: (data) => {
    const safe = safeUrl(data.url);
    if (safe) window.open(safe, "_blank", "noopener");
  },
  web_app_open_tg_link: (data) => {
    const payload = startPayload(`https://t.me${data.path_full}`);
    if (payload) { close(); start(payload); } else window.open(`https://t.me${data.path_full}`, "_blank", "noopener");
  },
};

export function wireApp(onStart) {
  start = onStart;
  window.addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow) return;
    const { eventType, eventData } = JSON.parse(event.data);
    if (!Object.hasOwn(heard, eventType)) throw new Error(`the app sent an unknown event: ${eventType}`);
    heard[eventType](eventData ?? {});
  });
  dark.addEventListener("change", () => say("theme_changed", { theme_params: theme() }));
  window.addEventListener("resize", () => { if (frame) say("viewport_changed", size()); });
  $("webapp-back").addEventListener("click", () => say("back_button_pressed"));
  $("webapp-close").addEventListener("click", close);
  $("webapp").addEventListener("close", () => { $("webapp-place").replaceChildren(); frame = null; });
}
