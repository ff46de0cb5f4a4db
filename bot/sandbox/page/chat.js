// The chat page: one person at a time, all their chats, live by server-sent events.
import { openApp, wireApp } from "./webapp.js";
import { clock, dayName, el, initials, message, paint, serviceText, startPayload } from "./render.js";

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const wide = matchMedia("(min-width: 760px)");
const view = {
  as: query.get("as") || "lin", chat: query.get("chat"), topic: 0,
  state: null, source: null, waiting: new Map(), typing: null, drafts: new Map(), replying: null,
};

async function post(act, body) {
  const answer = await fetch(`/chat/api/${act}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Sandbox": "chat" },
    body: JSON.stringify({ as: view.as, ...body }),
  });
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(data.description || `HTTP ${answer.status}`);
  return data;
}

const attempt = (work) => work.catch((error) => toast(`没有成功：${error.message}`));

// --- loading --------------------------------------------------------------------------------

// What is heard while a snapshot is under way may be newer than it: it is told again afterwards.
let latest = 0;
let heard = null;

async function load() {
  const turn = ++latest;
  heard ??= [];
  const answer = await fetch(`/chat/api/state?as=${encodeURIComponent(view.as)}`);
  const state = answer.ok ? await answer.json() : null;
  if (turn !== latest) return undefined; // a later snapshot is under way
  if (!state) {
    heard = null;
    if (view.as !== "lin") { view.as = "lin"; return load(); }
    throw new Error("state");
  }
  const missed = heard;
  heard = null;
  view.state = state;
  const known = view.state.chats.find((chat) => [String(chat.id), chat.key].includes(String(view.chat)));
  view.chat = String((known ?? view.state.chats[0]).id);
  showPeople();
  showChats();
  const { replying, hint, answering } = view;
  // Nobody loses what they are writing, not even before the first snapshot.
  if (!view.shown || view.shown === room()) view.drafts.set(view.chat, $("input").value);
  showRoom();
  if ($("input").value) askInline();
  if (replying && answering === view.chat) replyTo(replying, hint); // a question still waits
  missed.forEach(hear);
  return undefined;
}

function listen() {
  view.source?.close();
  const source = new EventSource(`/chat/api/events?as=${encodeURIComponent(view.as)}`);
  source.onmessage = (event) => hear(JSON.parse(event.data));
  source.onerror = () => status("连接中断，正在重连…");
  // Whatever happened before the line was open is in the snapshot taken after it.
  source.onopen = () => { status(""); attempt(load()); };
  view.source = source;
}

const chatOf = (id) => view.state.chats.find((chat) => String(chat.id) === String(id));
const current = () => chatOf(view.chat);
const room = () => `${view.as} ${view.chat}`;

function hear(event) {
  if (heard && ["message", "edit", "delete", "keyboard"].includes(event.type)) heard.push(event);
  const chat = event.chat_id ? chatOf(event.chat_id) : null;
  switch (event.type) {
    case "message": return chat && arrived(chat, event.message);
    case "edit": return chat && edited(chat, event.message);
    case "delete": return chat && gone(chat, event.message_id);
    case "action": return chat === current() && typing(event.action);
    case "answer": return answered(event);
    case "keyboard": return chat && chat === current() && asked(chat, event);
    case "inline": return offered(event);
    default: return load();
  }
}

function arrived(chat, data) {
  if (chat.messages.some((one) => one.message_id === data.message_id)) return;
  chat.messages.push(data);
  const mine = data.from?.id === view.state.me.id;
  if (chat === current()) {
    const low = atEnd();
    append(data);
    if (!mine) status("");
    if (mine || low) toNewest(); else $("to-end").hidden = false;
    showStarter(chat);
    if (!mine && watched()) seen(chat);
    else if (!mine) chat.unread += 1;
  } else if (!mine) chat.unread += 1;
  showChats();
}

// The bot wants an answer: the field is ready for it. In a group it asks whom it names or answers.
function asked(chat, event) {
  showReplyKeys(chat, event.markup.keyboard);
  const { force_reply: wanted, selective, input_field_placeholder: hint } = event.markup;
  const question = chat.messages.find((one) => one.message_id === event.message_id);
  if (!wanted || !question) return;
  const me = view.state.me.id;
  const named = question.reply_to_message?.from?.id === me || question.entities?.some((one) => one.user?.id === me);
  if (chat.type === "private" || !selective || named) replyTo(question, hint);
}

// Buttons in the place of the keyboard: each writes its own words, or shares a place.
function showReplyKeys(chat, rows) {
  const bar = $("reply-keys");
  bar.replaceChildren();
  bar.hidden = !rows;
  for (const given of (rows ?? []).flat()) {
    const button = typeof given === "string" ? { text: given } : given;
    const key = document.createElement("button");
    key.type = "button";
    key.className = "start-button";
    key.textContent = button.text;
    key.addEventListener("click", () => {
      bar.hidden = true;
      if (!button.request_location) return attempt(post("send", { chat: chat.id, text: button.text }));
      const place = window.prompt("纬度, 经度", "35.68, 139.69");
      if (!place) return undefined;
      const [latitude, longitude] = place.split(/[,，\s]+/).map(Number);
      return attempt(post("place", { latitude, longitude }));
    });
    bar.append(key);
  }
}

function replyTo(data, hint = "") {
  view.replying = data;
  view.hint = hint;
  view.answering = view.chat;
  $("reply").hidden = !data;
  $("reply-text").textContent = data ? summary(data) : "";
  $("input").placeholder = hint || "发消息…";
  if (data && wide.matches) $("input").focus();
}

function edited(chat, data) {
  const index = chat.messages.findIndex((one) => one.message_id === data.message_id);
  if (index < 0) return;
  chat.messages[index] = data;
  if (chat === current()) {
    const low = atEnd();
    $("log").querySelector(`[data-testid="message-${data.message_id}"]`)?.replaceWith(node(chat, data));
    unfold();
    if (low) toEnd();
  }
  showChats();
}

function gone(chat, id) {
  chat.messages = chat.messages.filter((one) => one.message_id !== id);
  if (view.replying?.message_id === id) replyTo(null);
  if (chat === current()) $("log").querySelector(`[data-testid="message-${id}"]`)?.remove();
  showChats();
}

// --- lists ----------------------------------------------------------------------------------

function showPeople() {
  $("people").replaceChildren(...view.state.people.slice(0, 6).map((person) =>
    el("button", {
      type: "button", role: "radio", class: "person", "aria-checked": String(person.key === view.as),
      "data-testid": `person-${person.key}`, title: `以${person.name}的身份聊天`,
      onclick: () => become(person.key),
    },
    el("span", { class: `avatar small tone-${person.id % 6}`, "aria-hidden": "true" }, initials(person.name)),
    el("span", {}, person.name))));
}

function become(key) {
  if (key === view.as) return;
  const own = current().type === "private";
  view.as = key;
  if (own) view.chat = null;
  attempt(load()).then(() => { listen(); remember(); });
}

function showChats() {
  const newest = (chat) => chat.messages.at(-1)?.date ?? 0;
  const sorted = [...view.state.chats].sort((a, b) =>
    (b.type === "private") - (a.type === "private") || newest(b) - newest(a));
  $("chats").replaceChildren(...sorted.map(chatRow));
  const total = view.state.chats.reduce((sum, chat) => sum + chat.unread, 0);
  document.title = total ? `(${total}) 核心信息 · 本地聊天` : "核心信息 · 本地聊天";
}

function chatRow(chat) {
  const last = chat.messages.at(-1);
  const avatar = el("span", { "aria-hidden": "true" });
  paint(avatar, chat);
  return el("button", {
    type: "button", class: "chat", "aria-current": String(chat.id) === view.chat ? "true" : undefined,
    "data-testid": `chat-${chat.type === "private" ? "private" : chat.key}`, onclick: () => open(String(chat.id)),
  },
  avatar,
  el("span", { class: "chat-text" },
    el("span", { class: "chat-top" },
      el("span", { class: "chat-title" }, chat.title),
      last ? el("time", { class: "chat-time" }, dayName(last.date) === "今天" ? clock(last.date) : dayName(last.date)) : null),
    el("span", { class: "chat-top" },
      el("span", { class: "chat-last" }, last ? summary(last) : "还没有消息"),
      chat.unread ? el("span", { class: "unread", "aria-label": `${chat.unread} 条未读` }, chat.unread > 99 ? "99+" : String(chat.unread)) : null)));
}

function summary(data) {
  const text = data.text ?? data.caption ?? (data.photo ? "图片" : data.document?.file_name ?? (data.location ? "位置" : null) ?? serviceText(data) ?? "通知");
  return text.replace(/\s+/g, " ").slice(0, 80);
}

function open(id) {
  keepDraft();
  view.chat = id;
  view.topic = 0;
  $("app").classList.add("in-room");
  showRoom();
  showChats();
  remember();
  if (wide.matches) $("input").focus();
}

function remember() {
  const params = new URLSearchParams({ as: view.as });
  if (current().type !== "private") params.set("chat", view.chat);
  history.replaceState(null, "", `?${params}`);
}

// --- the open chat --------------------------------------------------------------------------

function showRoom() {
  const chat = current();
  view.shown = room();
  replyTo(null);
  paint($("room-avatar"), chat);
  $("room-title").textContent = chat.title;
  status("");
  showTopics(chat);
  $("log").replaceChildren();
  view.day = null;
  shown(chat).forEach(append);
  $("composer").hidden = !chat.may_write;
  $("read-only").hidden = chat.may_write;
  $("attach").hidden = chat.type !== "private";
  $("menu").hidden = !chat.commands.length;
  const { type, text } = view.state.menu_button;
  $("app-button").hidden = chat.type !== "private" || type !== "web_app";
  $("app-button").textContent = text ?? "";
  $("input").value = view.drafts.get(view.chat) ?? "";
  closeResults();
  grow();
  closeMenus();
  showStarter(chat);
  toEnd();
  seen(chat);
}

const shown = (chat) => chat.messages.filter((one) => !view.topic || one.message_thread_id === view.topic);

function showStarter(chat) {
  const fresh = chat.type === "private" && !view.state.me.started && !chat.messages.length;
  $("starter").hidden = !fresh;
  if (fresh) $("composer").hidden = true;
  if (!fresh && chat.may_write) $("composer").hidden = false;
  $("log").querySelector(".welcome")?.remove();
  if (fresh) {
    $("log").append(el("div", { class: "welcome" },
      el("span", { class: "avatar big tone-1", "aria-hidden": "true" }, "核"),
      el("h2", {}, "核心信息"),
      el("p", {}, view.state.bot.description || "把新闻整理成有出处的核心信息，每天一份摘要。"),
      el("p", { class: "hint" }, "点“开始”认识一下。这里的消息不会离开这台机器。")));
  }
}

function showTopics(chat) {
  $("topics").hidden = !chat.topics.length;
  $("topics").replaceChildren(...[{ id: 0, name: "全部" }, ...chat.topics].map((topic) =>
    el("button", {
      type: "button", role: "tab", class: "topic-tab", "aria-selected": String(topic.id === view.topic),
      "data-testid": `topic-${topic.id}`,
      onclick: () => { view.topic = topic.id; showRoom(); },
    }, topic.name)));
}

function append(data) {
  const chat = current();
  if (view.topic && data.message_thread_id !== view.topic) return;
  $("log").querySelector(".welcome")?.remove();
  const day = dayName(data.date);
  if (day !== view.day) {
    view.day = day;
    $("log").append(el("p", { class: "service day" }, day));
  }
  $("log").append(node(chat, data));
  unfold();
}

function node(chat, data) {
  const topic = !view.topic && chat.topics.find((one) => one.id === data.message_thread_id);
  return message(data, {
    me: view.state.me, named: chat.type !== "private", topic: topic ? topic.name : null, replies: chat.may_write, acts,
  });
}

// A short quotation needs no button to unfold it.
function unfold() {
  for (const quote of $("log").querySelectorAll("blockquote.folded:not([data-measured])")) {
    quote.dataset.measured = "yes";
    const body = quote.querySelector(".quote-body");
    if (body.scrollHeight <= body.clientHeight + 2) quote.classList.remove("folded"), quote.querySelector(".quote-toggle").remove();
  }
}

const atEnd = () => $("scroll").scrollHeight - $("scroll").scrollTop - $("scroll").clientHeight < 90;

function toEnd() {
  $("scroll").scrollTop = $("scroll").scrollHeight;
  $("to-end").hidden = true;
}

// A message taller than the window is shown from its beginning.
function toNewest() {
  toEnd();
  const last = $("log").lastElementChild;
  if (last.offsetHeight > $("scroll").clientHeight) last.scrollIntoView({ block: "start" });
}

function seen(chat) {
  if (!watched()) return;
  if (chat.unread) { chat.unread = 0; showChats(); }
  post("read", { chat: chat.id }).catch(() => {});
}

const watched = () => !document.hidden && (wide.matches || $("app").classList.contains("in-room"));

const speaker = (chat) => chat.names?.find((name) => name.id === view.name);

function status(text) {
  const chat = current();
  const usual = chat.type === "private" ? (view.state.me.blocked ? "已拉黑" : "机器人")
    : chat.type === "channel" ? `频道 · ${chat.members} 位订阅者`
      : `${chat.members} 位成员${speaker(chat) ? ` · 以「${speaker(chat).title}」的名义说话` : ""}`;
  $("room-status").textContent = text || usual;
  $("room-status").classList.toggle("active", Boolean(text));
}

function typing(action) {
  status(action.startsWith("upload") ? "正在发送文件…" : "正在输入…");
  clearTimeout(view.typing);
  view.typing = setTimeout(() => status(""), 5000);
}

// --- acts -----------------------------------------------------------------------------------

const acts = {
  command: (text) => attempt(post("send", { chat: view.chat, text, thread: view.topic, as_chat: speaker(current())?.id })),
  // Telegram lets one choose the group; here it is the first that this person runs.
  add: (kind) => {
    const chat = view.state.chats.find((one) => one.runs && (one.type === "channel") === (kind === "channel"));
    if (!chat) { toast("这里没有你管理的群或频道"); return; }
    open(String(chat.id));
    attempt(post("run", { chat: chat.id, act: "add" }).then(load));
  },
  start: (payload) => {
    open(String(view.state.me.id));
    attempt(post("start", { payload }));
  },
  app: (data, url) => attempt(post("webapp", { message_id: data?.message_id, url }).then(openApp)),
  reply: (data) => { replyTo(data); $("input").focus(); },
  inline: (text) => { $("input").value = `@${view.state.bot.username} ${text}`; $("input").focus(); askInline(0); },
  copy: (text) => navigator.clipboard.writeText(text).then(() => toast("已复制"), () => toast(text)),
  press: async (data, button, pressed) => {
    if (pressed.classList.contains("busy")) return;
    pressed.classList.add("busy");
    pressed.setAttribute("aria-busy", "true");
    const done = () => { pressed.classList.remove("busy"); pressed.removeAttribute("aria-busy"); };
    try {
      const { query_id: id } = await post("press", { chat: data.chat.id, message_id: data.message_id, data: button.callback_data });
      const early = view.waiting.get(id);
      if (early === true) { view.waiting.delete(id); done(); return; }
      const timer = setTimeout(() => { view.waiting.delete(id); done(); }, 15000);
      view.waiting.set(id, () => { clearTimeout(timer); done(); });
    } catch (error) {
      done();
      toast(`没有成功：${error.message}`);
    }
  },
};

function answered(event) {
  const waiting = view.waiting.get(event.query_id);
  if (typeof waiting === "function") { waiting(); view.waiting.delete(event.query_id); }
  else view.waiting.set(event.query_id, true); // faster than our own request's answer
  const payload = event.url && startPayload(event.url);
  if (payload) acts.start(payload);
  else if (event.url) window.open(event.url, "_blank", "noopener");
  if (!event.text) return;
  if (event.show_alert) {
    $("alert-text").textContent = event.text;
    $("alert").showModal();
  } else toast(event.text);
}

function toast(text) {
  const box = $("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(box.timer);
  box.timer = setTimeout(() => { box.hidden = true; }, 3500);
}

function write() {
  const text = $("input").value.trim();
  if (!text) return;
  const question = view.replying;
  $("input").value = "";
  replyTo(null);
  view.drafts.delete(view.chat);
  grow();
  closeMenus();
  closeResults();
  const thread = view.topic || question?.message_thread_id;
  const as_chat = speaker(current())?.id;
  attempt(post("send", { chat: view.chat, text, thread, reply_to: question?.message_id, as_chat }).catch((error) => {
    $("input").value = text;
    if (question) replyTo(question);
    throw error;
  }));
}

/* What stands in the input field becomes the photo's caption. */
async function sendPhoto(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let content = "";
  for (let at = 0; at < bytes.length; at += 32768) content += String.fromCharCode(...bytes.subarray(at, at + 32768));
  const question = view.replying;
  const caption = $("input").value.trim();
  $("input").value = "";
  replyTo(null);
  view.drafts.delete(view.chat);
  grow();
  const thread = view.topic || question?.message_thread_id;
  attempt(post("photo", { chat: view.chat, content: btoa(content), caption, thread, reply_to: question?.message_id }));
}

function keepDraft() {
  if ($("input").value) view.drafts.set(view.chat, $("input").value);
}

function grow() {
  const input = $("input");
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 160)}px`;
}

// --- inline mode ----------------------------------------------------------------------------

// "@bot words" in any chat: what the bot offers is shown above the field, a click sends it.
function askInline(delay = 300) {
  clearTimeout(view.inlineTimer);
  const typed = new RegExp(`^@${view.state.bot.username}(?:\\s+([^]*))?$`, "i").exec($("input").value);
  if (!typed || $("input").value.length <= view.state.bot.username.length + 1) { closeResults(); return; }
  view.inlineTimer = setTimeout(() => attempt(inlineQuery((typed[1] ?? "").trim(), "")), delay);
}

async function inlineQuery(text, offset) {
  const { query_id: id } = await post("inline", { chat: view.chat, query: text.slice(0, 256), offset });
  const early = view.inline?.early?.get(id);
  view.inline = { id, text, offset, early: new Map() };
  if (early) offered(early);
}

function offered(event) {
  if (view.inline?.id !== event.query_id) {
    view.inline ??= { early: new Map() };
    view.inline.early.set(event.query_id, event); // faster than our own request's answer
    return;
  }
  const { id, text, offset } = view.inline;
  const rows = event.results.map((one) => el("button", {
    type: "button", role: "option", class: "result", "data-testid": `result-${one.id}`,
    onclick: () => chooseResult(id, one.id),
  }, el("span", { class: "result-title" }, one.title), el("span", { class: "result-about" }, one.description ?? "")));
  if (event.next_offset) {
    rows.push(el("button", {
      type: "button", class: "result result-switch", "data-testid": "inline-more",
      onclick: (click) => { click.currentTarget.remove(); attempt(inlineQuery(text, event.next_offset)); },
    }, "更多"));
  }
  if (!offset && event.button?.start_parameter) {
    rows.unshift(el("button", {
      type: "button", class: "result result-switch", "data-testid": "inline-switch",
      onclick: () => { clearInline(); acts.start(event.button.start_parameter); },
    }, event.button.text));
  }
  if (offset) $("results").append(...rows); else $("results").replaceChildren(...rows);
  $("results").hidden = !$("results").children.length;
}

function chooseResult(id, result) {
  clearInline();
  attempt(post("choose", { chat: view.chat, query_id: id, result_id: result, thread: view.topic }));
}

function clearInline() {
  $("input").value = "";
  grow();
  closeResults();
}

function closeResults() {
  clearTimeout(view.inlineTimer);
  $("results").hidden = true;
  view.inline = null;
}

// --- menus ----------------------------------------------------------------------------------

function closeMenus() {
  $("commands").hidden = true;
  $("more-menu").hidden = true;
  $("menu").setAttribute("aria-expanded", "false");
  $("more").setAttribute("aria-expanded", "false");
}

function showCommands(prefix = "") {
  const found = current().commands.filter((one) => one.command.startsWith(prefix));
  $("commands").replaceChildren(...found.map((one) =>
    el("button", {
      type: "button", role: "option", class: "command", "data-testid": `command-${one.command}`,
      onclick: () => { $("input").value = ""; closeMenus(); acts.command(`/${one.command}`); },
    }, el("span", { class: "command-name" }, `/${one.command}`), el("span", { class: "command-about" }, one.description))));
  $("commands").hidden = !found.length;
  $("menu").setAttribute("aria-expanded", String(Boolean(found.length)));
}

// What those who run a group or channel can do in it.
function running(chat, item) {
  if (chat.type === "private" || !chat.runs) return [];
  const act = (name, extra = {}) => attempt(post("run", { chat: chat.id, act: name, ...extra }).then(load));
  const topic = chat.topics.find((one) => one.id === view.topic);
  const speak = chat.names.map((name) => item(
    `${view.name === name.id ? "✓ " : ""}以「${name.title}」的名义说话`, `speak-${name.id}`,
    () => { view.name = view.name === name.id ? null : name.id; status(""); }));
  return [
    ...speak,
    topic ? item(topic.closed ? "重开本话题" : "关闭本话题", "topic-turn", () => act(topic.closed ? "reopen" : "close", { thread: topic.id })) : null,
    topic ? item("删除本话题", "topic-delete", () => { view.topic = 0; act("delete", { thread: topic.id }); }) : null,
    chat.has_bot ? item("不让机器人发言", "bot-silence", () => act("silence")) : null,
    chat.has_bot ? item("移出机器人", "bot-remove", () => act("remove")) : item("请机器人进来", "bot-add", () => act("add")),
    chat.type === "group" ? item("升级为超级群", "upgrade", () => act("upgrade")) : null,
  ].filter(Boolean);
}

function showMore() {
  const me = view.state.me;
  const item = (label, testid, onclick) => el("button", { type: "button", class: "command", "data-testid": testid, onclick: () => { closeMenus(); onclick(); } }, label);
  $("more-menu").replaceChildren(
    item("下次推送提前到现在", "hurry", () => attempt(post("hurry", {}).then((said) => toast(said.text)))),
    item(me.blocked ? "解除拉黑" : "拉黑机器人", "toggle-block", () => attempt(post("block", { blocked: !me.blocked }).then(load))),
    ...running(current(), item),
    item("复制本页链接", "copy-link", () => acts.copy(location.href)));
  $("more-menu").hidden = false;
  $("more").setAttribute("aria-expanded", "true");
}

function wire() {
  $("composer").addEventListener("submit", (event) => { event.preventDefault(); write(); });
  $("input").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); write(); }
  });
  $("input").addEventListener("input", () => {
    grow();
    const typed = /^\/([a-z0-9_]*)$/.exec($("input").value);
    if (typed) showCommands(typed[1]); else $("commands").hidden = true;
    askInline();
  });
  $("menu").addEventListener("click", () => { if ($("commands").hidden) showCommands(); else closeMenus(); });
  $("more").addEventListener("click", () => { if ($("more-menu").hidden) showMore(); else closeMenus(); });
  $("app-button").addEventListener("click", () => acts.app());
  wireApp((payload) => acts.start(payload));
  $("back").addEventListener("click", () => { $("app").classList.remove("in-room"); showChats(); });
  $("reply-cancel").addEventListener("click", () => replyTo(null));
  $("start").addEventListener("click", () => attempt(post("start", {}).then(load)));
  $("to-end").addEventListener("click", toEnd);
  $("scroll").addEventListener("scroll", () => { if (atEnd()) $("to-end").hidden = true; });
  $("file").addEventListener("change", async () => {
    const [file] = $("file").files;
    $("file").value = "";
    if (!file) return;
    if (file.size > 20971520) { toast("文件不能超过 20 MB"); return; }
    if (file.type.startsWith("image/")) sendPhoto(file);
    else attempt(post("upload", { name: file.name, text: await file.text() }));
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { closeMenus(); closeResults(); replyTo(null); } });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".popover, #menu, #more, #input")) closeMenus();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && view.state) seen(current()); });
  wide.addEventListener("change", () => { if (view.state) toEnd(); });
}

wire();
if (query.get("list") === null) $("app").classList.add("in-room");
await load();
listen();
if (query.get("start") !== null) {
  const payload = query.get("start");
  remember();
  attempt(post("start", { payload }).then(load));
}
