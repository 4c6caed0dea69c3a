// Keys, focus, the side panel. Without this file every action is still a link.
"use strict";

const posts = () => [...document.querySelectorAll("[data-post]")];
const drawer = document.getElementById("drawer");
const help = document.getElementById("help");
let opener = null; // what opened the panel, to give the focus back to

function current() {
  const inside = document.activeElement && document.activeElement.closest("[data-post]");
  return inside || document.querySelector("[data-post].read");
}

function read(post) {
  if (!post) return;
  for (const other of document.querySelectorAll("[data-post].read")) other.classList.remove("read");
  post.classList.add("read");
  post.focus({ preventScroll: true });
  post.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = posts();
  const at = all.indexOf(current());
  const next = all[at === -1 ? (by > 0 ? 0 : all.length - 1) : at + by];
  if (next) return read(next);
  const older = document.querySelector("[data-older]");
  if (by > 0 && older) older.focus();
}

function act(name) {
  const post = current();
  const link = post && post.querySelector(`[data-act="${name}"]`);
  if (link) link.click();
}

function unfold() {
  const post = current();
  const fold = post && (post.querySelector("details") || post.parentElement.querySelector("details"));
  if (fold) fold.open = !fold.open;
}

function openPart(id, field) {
  const part = document.getElementById(id);
  if (!part) return;
  for (let one = part; one; one = one.parentElement.closest("details")) one.open = true;
  const target = field ? document.getElementById(field) : part.querySelector("a, summary");
  if (target) target.focus();
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  o: () => act("open"),
  t: () => act("thread"),
  p: () => act("provenance"),
  c: () => act("correct"),
  e: () => { const post = current(); const box = post && post.querySelector("[data-pick]"); if (box) box.click(); },
  x: unfold,
  "/": () => { const box = document.getElementById("q"); if (box) { box.focus(); box.select(); } },
  f: () => openPart("filters"),
  s: () => openPart("keep", "view-name"),
  n: () => { const pill = document.querySelector("[data-fresh]"); if (pill) pill.click(); },
  "?": () => { if (help) help.showModal(); },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (event.target.closest("input, textarea, select, dialog[open], [contenteditable]")) return;
  const action = keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]") && help) help.showModal();
  if (event.target === drawer) drawer.close(); // beside the panel
  const link = event.target.closest("[data-act=provenance], [data-act=correct]");
  if (link) opener = link;
});

if (drawer) {
  drawer.addEventListener("close", () => {
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  });
}

// Older posts were asked for from a link that is replaced: the focus goes to the first of them.
let waiting = false;
let shown = 0;
document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  waiting = target.matches("[data-more]") && target.contains(document.activeElement);
  shown = posts().length;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "drawer-body" && drawer) {
    if (!drawer.open) drawer.showModal();
    drawer.scrollTop = 0;
    const title = drawer.querySelector("#drawer-title");
    if (title) title.focus();
  }
  if (waiting) {
    waiting = false;
    read(posts()[shown]);
  }
});

// On a narrow screen the posts come first: what stands beside them on a wide one begins closed.
if (window.matchMedia("(max-width: 60rem)").matches) {
  for (const part of document.querySelectorAll("[data-narrow-closed]")) part.open = false;
}

// A thread begins at the post one came from.
const start = document.querySelector("[data-start]");
if (start && !location.hash) start.scrollIntoView({ block: "center" });

// How many posts are ticked for the bar.
function countPicked() {
  const told = document.querySelector("[data-picked]");
  if (!told) return;
  told.textContent = document.querySelectorAll("[data-pick]:checked").length;
  told.hidden = false;
}
document.addEventListener("change", (event) => { if (event.target.matches("[data-pick]")) countPicked(); });
document.addEventListener("reset", () => setTimeout(countPicked));
