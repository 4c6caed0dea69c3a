// Keys, the clock's zone, who writes. Without this file every act is still a button.
"use strict";

const $ = (what, within = document) => within.querySelector(what);
const cases = () => [...document.querySelectorAll("[data-case]")];
const page = $("[data-case-page]");
const help = document.getElementById("help");
const seenKey = "palabre.inbox.case";

// The zone of whoever reads, for what they put aside until a moment of their day.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
if (zone) {
  document.cookie = `zone=${zone};path=/;samesite=lax`;
  for (const field of document.querySelectorAll("[data-zone]")) field.value = zone;
  for (const name of document.querySelectorAll("[data-zone-name]")) name.textContent = `(${zone})`;
}

function current() {
  const inside = document.activeElement && document.activeElement.closest("[data-case]");
  return inside || $("[data-case].read");
}

function read(line) {
  if (!line) return;
  for (const other of document.querySelectorAll("[data-case].read")) other.classList.remove("read");
  line.classList.add("read");
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = cases();
  const at = all.indexOf(current());
  const next = all[at === -1 ? (by > 0 ? 0 : all.length - 1) : at + by];
  if (next) return read(next);
  const more = $("[data-more]");
  if (by > 0 && more) more.focus();
}

function open() {
  const link = current() && $("[data-open]", current());
  if (link) link.click();
}

function pick(line = current()) {
  const box = line && $("[data-pick]", line);
  if (box) box.click();
}

// In the list an act is done on what is ticked, else on the line where one is.
function many(what) {
  const form = document.getElementById("many");
  const button = form && $(`[name=what][value="${what}"]`, form);
  if (!button) return;
  if (!$("[data-pick]:checked", form)) {
    if (!current()) return;
    pick();
  }
  form.requestSubmit(button);
}

function focusIn(id) {
  const form = document.getElementById("many");
  const field = document.getElementById(id);
  if (!field) return;
  if (form && !$("[data-pick]:checked", form)) pick();
  field.focus();
}

function press(key) {
  const target = $(`[data-key="${key}"]`);
  if (!target) return;
  if (target.matches("input")) return target.focus();
  if (target.matches("summary")) {
    target.parentElement.open = true;
    const first = $("button, input", target.parentElement);
    if (first) first.focus();
    return;
  }
  target.click();
}

function reply() {
  const box = $("#composer textarea, #composer [contenteditable]");
  const part = document.getElementById("composer");
  if (part) part.scrollIntoView({ block: "center" });
  if (box) box.focus();
}

function note() {
  const box = document.getElementById("note-text");
  if (box) { box.focus(); box.scrollIntoView({ block: "center" }); }
}

const everywhere = {
  "/": () => { const box = document.getElementById("q"); if (box) { box.focus(); box.select(); } },
  "?": () => { if (help) help.showModal(); },
  z: () => press("z"),
};
const inList = {
  j: () => step(1), k: () => step(-1), o: open, Enter: open, x: () => pick(),
  a: () => many("assign:me"), e: () => many("resolve"), u: () => many("urgent"),
  s: () => focusIn("m-preset"), l: () => focusIn("m-label"),
  c: () => { const link = $("[href$='/inbox/new']"); if (link) link.click(); },
};
const inCase = {
  a: () => press("a"), e: () => press("e"), w: () => press("w"), u: () => press("u"), s: () => press("s"),
  l: () => press("l"), n: () => press("n"), b: () => press("b"), r: reply, m: note,
  j: () => window.scrollBy({ top: 300 }), k: () => window.scrollBy({ top: -300 }),
};

// Enter in a field does what the button beside it does, not the first of the form.
document.addEventListener("keydown", (event) => {
  const pair = event.key === "Enter" && event.target.closest(".bar .pair");
  if (!pair || event.target.matches("button")) return;
  event.preventDefault();
  $("button", pair).click();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  const inside = event.target.closest("input, textarea, select, dialog[open], [contenteditable]");
  if (inside) {
    if (event.key === "Escape" && !inside.matches("dialog")) inside.blur();
    if (!inside.matches("[data-pick]")) return;
  }
  if (event.key === "Enter" && !event.target.matches("[data-case]")) return;
  const action = everywhere[event.key] || (page ? inCase : inList)[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]") && help) help.showModal();
  const name = event.target.closest("[data-at]");
  const box = document.getElementById("note-text");
  if (name && box) { box.value = `${box.value}${box.value && !box.value.endsWith(" ") ? " " : ""}${name.dataset.at} `; box.focus(); }
  const opened = event.target.closest("[data-open]");
  if (opened) sessionStorage.setItem(seenKey, opened.id);
  if (event.target.closest("[data-reply]")) setTimeout(reply);
});

// Back in the queue one stands where one was.
if (!page) {
  const was = document.getElementById(sessionStorage.getItem(seenKey) || "");
  const line = was && was.closest("[data-case]");
  if (line) line.classList.add("read");
}

function count() {
  const told = $("[data-picked]");
  if (!told) return;
  told.textContent = document.querySelectorAll("[data-pick]:checked").length;
  told.hidden = false;
}
document.addEventListener("change", (event) => { if (event.target.matches("[data-pick], [data-all]")) setTimeout(count); });

// Whoever begins to write takes the lock, and keeps it while they write.
const presence = document.getElementById("presence");
const WRITING_MS = 60000;
let wrote = 0;
let told = 0;

function tellWriting() {
  if (!presence || !window.htmx) return;
  told = Date.now();
  window.htmx.ajax("POST", presence.dataset.address, { target: "#presence", values: { writing: "1", seen: seen() } });
}

function seen() {
  const field = $("[name=seen]", presence);
  return field ? field.value : JSON.parse(presence.getAttribute("hx-vals") || "{}").seen || "";
}

document.addEventListener("input", (event) => {
  if (!presence || !event.target.closest("#composer")) return;
  wrote = Date.now();
  const mark = $("[data-lock]", presence);
  if (!mark || mark.dataset.lock !== "mine" || Date.now() - told > 20000) {
    if (Date.now() - told > 2000) tellWriting();
  }
});
if (presence) {
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target === presence && Date.now() - wrote < WRITING_MS) event.detail.parameters.writing = "1";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== presence) return;
    const mark = $("[data-lock]", presence);
    document.dispatchEvent(new CustomEvent("palabre:lock", { detail: mark ? mark.dataset.lock : "" }));
  });
}

// The list of queues renews itself: on a narrow screen it stays where it was slid to.
let slid = 0;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id === "queues") slid = $(".queues", event.target)?.scrollLeft || 0;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "queues" && $(".queues", event.target)) $(".queues", event.target).scrollLeft = slid;
});
