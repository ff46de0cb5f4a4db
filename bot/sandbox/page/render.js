// Messages as DOM nodes. Text only ever becomes text nodes: nothing here parses HTML.

const BOT_LINK = /^https?:\/\/t\.me\/hexin_sandbox_bot\/?\?start=([A-Za-z0-9_-]{1,64})$/;

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function safeUrl(url) {
  try {
    const parsed = new URL(url);
    return ["http:", "https:", "mailto:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

export function startPayload(url) {
  const found = BOT_LINK.exec(url);
  return found ? found[1] : null;
}

export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("zh-CN", {
    hour: "2-digit", minute: "2-digit", hour12: false,
  });
}

export function dayName(seconds) {
  const date = new Date(seconds * 1000);
  const today = new Date();
  const days = Math.round((new Date(today.toDateString()) - new Date(date.toDateString())) / 864e5);
  if (days === 0) return "今天";
  if (days === 1) return "昨天";
  return date.toLocaleDateString("zh-CN", { month: "long", day: "numeric" });
}

export function initials(name) {
  const plain = (name || "?").trim();
  return /[\u4e00-\u9fff]/.test(plain) ? plain.slice(0, 1) : plain.slice(0, 2).toUpperCase();
}

export function paint(node, chat) {
  node.className = `avatar tone-${chat.type === "private" ? 1 : Math.abs(Number(chat.id)) % 6}`;
  node.textContent = chat.type === "private" ? "核" : initials(chat.title);
}

// Entity offsets are UTF-16 units, and so are JavaScript's string positions.
export function formatted(text, entities, acts) {
  const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, 0, text.length, sorted, acts);
}

function build(text, start, end, entities, acts) {
  const nodes = document.createDocumentFragment();
  let at = start;
  let rest = entities;
  while (rest.length) {
    const [first, ...others] = rest;
    const stop = Math.min(first.offset + first.length, end);
    if (first.offset < at || stop <= first.offset) { rest = others; continue; }
    if (first.offset > at) nodes.append(before(first, text.slice(at, first.offset)));
    const inner = others.filter((e) => e.offset < stop);
    const content = build(text, first.offset, stop, inner, acts);
    nodes.append(wrap(first, content, text.slice(first.offset, stop), acts));
    // A block begins and ends a line by itself, so one line break on either side is spent.
    at = BLOCKS.has(first.type) && text[stop] === "\n" ? stop + 1 : stop;
    rest = others.filter((e) => e.offset >= stop);
  }
  if (at < end) nodes.append(text.slice(at, end));
  return nodes;
}

const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);

function before(entity, plain) {
  return BLOCKS.has(entity.type) ? plain.replace(/\n$/, "") : plain;
}

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code",
  blockquote: "blockquote",
};

function wrap(entity, content, raw, acts) {
  if (TAGS[entity.type]) return el(TAGS[entity.type], {}, content);
  switch (entity.type) {
    case "pre":
      return el("pre", { "data-language": entity.language || undefined }, el("code", {}, content));
    case "text_link":
      return link(entity.url, content, acts);
    case "url":
      return link(/^https?:/i.test(raw) ? raw : `http://${raw}`, content, acts);
    case "email":
      return link(`mailto:${raw}`, content, acts);
    case "bot_command":
      return el("button", { class: "inline-link", type: "button", onclick: () => acts.command(raw) }, content);
    case "expandable_blockquote":
      return expandable(content);
    case "spoiler":
      return spoiler(content);
    case "mention": case "hashtag": case "cashtag": case "text_mention":
      return el("span", { class: "tagged" }, content);
    default:
      return content;
  }
}

function link(url, content, acts) {
  const payload = startPayload(url);
  if (payload) {
    return el("a", { href: `/?start=${payload}`, onclick: (event) => {
      event.preventDefault();
      acts.start(payload);
    } }, content);
  }
  const safe = safeUrl(url);
  return safe ? el("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, content) : content;
}

function expandable(content) {
  const body = el("div", { class: "quote-body" }, content);
  const toggle = el("button", { class: "quote-toggle", type: "button", "aria-expanded": "false" }, "展开");
  const quote = el("blockquote", { class: "folded" }, body, toggle);
  toggle.addEventListener("click", () => {
    const folded = quote.classList.toggle("folded");
    toggle.textContent = folded ? "展开" : "收起";
    toggle.setAttribute("aria-expanded", String(!folded));
  });
  return quote;
}

function spoiler(content) {
  const hidden = el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "显示隐藏的内容" },
    el("span", { class: "spoiler-text" }, content));
  const show = () => {
    hidden.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) hidden.removeAttribute(name);
  };
  hidden.addEventListener("click", show);
  hidden.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); show(); }
  });
  return hidden;
}

export function message(data, context) {
  const service = serviceText(data);
  if (service) return el("p", { class: "service", "data-testid": `message-${data.message_id}` }, service);
  const mine = data.from?.id === context.me.id;
  const text = data.text ?? data.caption;
  const bubble = el("div", { class: "bubble" },
    context.named && !mine ? el("p", { class: `author tone-${author(data).id % 6}` }, author(data).name) : null,
    data.via_bot ? el("p", { class: "quoted" }, `来自 @${data.via_bot.username}`) : null,
    data.forward_origin ? el("p", { class: "quoted" }, "转发的消息") : null,
    data.reply_to_message ? replied(data.reply_to_message) : null,
    data.photo ? photo(data.photo.at(-1)) : null,
    data.document ? documentRow(data.document) : null,
    data.location ? el("p", { class: "text" }, `📍 ${data.location.latitude}, ${data.location.longitude}`) : null,
    data.link_preview_options?.show_above_text ? preview(data.link_preview_options) : null,
    text ? el("div", { class: "text", dir: "auto" }, formatted(text, data.entities ?? data.caption_entities, context.acts)) : null,
    data.link_preview_options && !data.link_preview_options.show_above_text ? preview(data.link_preview_options) : null,
    el("p", { class: "stamp" },
      context.topic ? el("span", { class: "topic" }, context.topic) : null,
      context.replies && !mine ? el("button", { type: "button", class: "reply-button", "data-testid": "reply-button", onclick: () => context.acts.reply(data) }, "回复") : null,
      data.edit_date ? el("span", { "data-testid": "edited" }, "已编辑") : null,
      el("time", { datetime: new Date(data.date * 1000).toISOString() }, clock(data.date))));
  const keyboard = data.reply_markup?.inline_keyboard;
  return el("article", {
    class: `message ${mine ? "mine" : "theirs"}${keyboard ? " with-keys" : ""}`,
    "data-testid": `message-${data.message_id}`,
    "data-message-id": data.message_id,
    "data-by": data.from?.is_bot || !data.from ? "bot" : "person",
    "aria-label": `${mine ? "我" : author(data).name}，${clock(data.date)}`,
  }, bubble, keyboard ? keys(data, keyboard, context.acts) : null);
}

function author(data) {
  const from = data.from;
  if (data.sender_chat && from) return { id: Math.abs(data.sender_chat.id), name: data.sender_chat.title };
  if (!from) return { id: Math.abs(data.chat.id), name: data.chat.title };
  return { id: from.id, name: [from.first_name, from.last_name].filter(Boolean).join(" ") };
}

export function serviceText(data) {
  if (data.pinned_message) return "核心信息 置顶了一条消息";
  if (data.forum_topic_created) return `话题“${data.forum_topic_created.name}”已创建`;
  if (data.forum_topic_closed) return "话题已关闭";
  if (data.forum_topic_reopened) return "话题已重新打开";
  if (data.new_chat_members) return `${data.new_chat_members.map((one) => one.first_name).join("、")} 加入了`;
  if (data.migrate_to_chat_id) return "本群已升级为超级群";
  if (data.migrate_from_chat_id) return "由普通群升级而来";
  return null;
}

function replied(original) {
  const text = original.text ?? original.caption ?? "文件";
  return el("p", { class: "quoted" }, text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function photo(size) {
  const scale = Math.min(1, 500 / size.width, 340 / size.height);
  return el("a", { class: "photo", href: `/chat/file/${encodeURIComponent(size.file_id)}`, target: "_blank", rel: "noopener" },
    el("img", { src: `/chat/file/${encodeURIComponent(size.file_id)}`, width: Math.round(size.width * scale), height: Math.round(size.height * scale), alt: "图片", loading: "lazy" }));
}

/* Telegram would load the page or picture; here stands where from. */
function preview(options) {
  if (options.is_disabled || !options.url) return null;
  const size = options.prefer_large_media ? "大图预览" : "链接预览";
  return el("a", { class: "document", href: safeUrl(options.url), target: "_blank", rel: "noopener noreferrer", "data-testid": "preview" },
    el("span", { class: "document-icon", "aria-hidden": "true" }, "🖼"),
    el("span", { class: "document-name" }, size, el("span", { class: "document-size" }, options.url)));
}

function documentRow(file) {
  const size = file.file_size < 1024 ? `${file.file_size} B`
    : file.file_size < 1048576 ? `${(file.file_size / 1024).toFixed(1)} KB`
      : `${(file.file_size / 1048576).toFixed(1)} MB`;
  return el("a", { class: "document", href: `/chat/file/${encodeURIComponent(file.file_id)}`, download: file.file_name || "" },
    el("span", { class: "document-icon", "aria-hidden": "true" }, (file.file_name || "").split(".").pop().slice(0, 4).toUpperCase() || "FILE"),
    el("span", { class: "document-name" }, file.file_name || "文件", el("span", { class: "document-size" }, size)));
}

function keys(data, rows, acts) {
  return el("div", { class: "keys" }, ...rows.map((row, y) =>
    el("div", { class: "key-row" }, ...row.map((button, x) => key(data, button, `key-${y}-${x}`, acts)))));
}

function key(data, button, testid, acts) {
  const common = { class: `key${button.style ? ` ${button.style}` : ""}`, "data-testid": testid };
  if (button.web_app) {
    return el("button", { ...common, type: "button", onclick: () => acts.app(data, button.web_app.url) }, button.text);
  }
  const { url } = button;
  if (url) {
    const payload = startPayload(url);
    if (payload) return el("button", { ...common, type: "button", onclick: () => acts.start(payload) }, button.text);
    const adding = /^https:\/\/t\.me\/\w+\?start(group|channel)=/.exec(url);
    if (adding) return el("button", { ...common, type: "button", onclick: () => acts.add(adding[1]) }, button.text);
    const safe = safeUrl(url);
    return el("a", { ...common, class: `${common.class} outside`, href: safe, target: "_blank", rel: "noopener noreferrer" }, button.text);
  }
  if (button.copy_text) {
    return el("button", { ...common, type: "button", onclick: () => acts.copy(button.copy_text.text) }, button.text);
  }
  const inline = button.switch_inline_query_current_chat ?? button.switch_inline_query ?? button.switch_inline_query_chosen_chat?.query;
  if (inline !== undefined) {
    return el("button", { ...common, type: "button", onclick: () => acts.inline(inline) }, button.text);
  }
  if (!button.callback_data) return el("button", { ...common, type: "button", disabled: true }, button.text);
  const node = el("button", { ...common, type: "button", "data-callback": button.callback_data }, button.text);
  node.addEventListener("click", () => acts.press(data, button, node));
  return node;
}
