// Moving a publication: drag it, or pick it with Enter, walk with the arrows, drop with Enter, leave with Escape.
// Without this file each card still has its date field.
"use strict";

const board = document.querySelector("[data-board]");
const mover = document.querySelector("#mover");
const said = document.querySelector("#move-said");
let picked = null;

function days() {
  return [...board.querySelectorAll("[data-day]")];
}

function say(word, day) {
  said.textContent = said.dataset[word].replace("[day]", day ? day.dataset.words : "");
}

function light(day) {
  for (const other of days()) other.classList.toggle("drop", other === day);
}

// The server places it, says what it meets there, and asks when an hour comes twice.
function send(uid, day) {
  mover.action = mover.dataset.route + uid + "/move";
  mover.elements.day.value = day;
  mover.submit();
}

function pick(handle) {
  const card = handle.closest(".plan");
  const at = card.closest("[data-day]") || days().find((day) => day.classList.contains("today")) || days()[0];
  picked = { handle, card, from: card.closest("[data-day]"), at };
  handle.setAttribute("aria-pressed", "true");
  card.classList.add("picked");
  light(at);
  say("picked", at);
}

function leave(word) {
  picked.handle.removeAttribute("aria-pressed");
  picked.card.classList.remove("picked");
  light(null);
  if (word) say(word);
  picked = null;
}

function walk(step) {
  const all = days();
  const next = all[all.indexOf(picked.at) + step];
  if (!next) return say("edge");
  picked.at = next;
  light(next);
  next.scrollIntoView({ block: "nearest" });
  say("over", next);
}

function drop() {
  const { card, from, at } = picked;
  leave();
  if (at !== from) send(card.dataset.uid, at.dataset.day);
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function step(key) {
  const column = getComputedStyle(board).gridTemplateColumns.split(" ").length === 1;
  return column && Math.abs(STEPS[key]) === 7 ? STEPS[key] / 7 : STEPS[key];
}

function onKey(event) {
  if (!picked || event.target !== picked.handle) return;
  if (event.key in STEPS) walk(step(event.key));
  else if (event.key === "Escape") leave("left");
  else if (event.key === "Enter" || event.key === " ") drop();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function onClick(event) {
  const handle = event.target.closest("[data-move]");
  if (handle && !picked) pick(handle);
  else if (picked && !event.target.closest("[data-move]")) leave("left");
}

function onDrag(event) {
  const card = event.target.closest && event.target.closest(".plan[data-uid]");
  if (!card) return;
  event.dataTransfer.setData("text/plain", card.dataset.uid);
  event.dataTransfer.effectAllowed = "move";
}

function onOver(event) {
  const day = event.target.closest && event.target.closest("[data-day]");
  light(day);
  if (day) event.preventDefault();
}

function onDrop(event) {
  const day = event.target.closest("[data-day]");
  const uid = event.dataTransfer.getData("text/plain");
  const card = uid && document.getElementById("p-" + uid);
  light(null);
  if (!day || !card) return;
  event.preventDefault();
  if (card.closest("[data-day]") !== day) send(uid, day.dataset.day);
}

if (board && mover) {
  document.documentElement.classList.add("moving");
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("click", onClick);
  document.addEventListener("focusout", (event) => picked && event.target === picked.handle && leave("left"));
  document.addEventListener("dragstart", onDrag);
  board.addEventListener("dragover", onOver);
  board.addEventListener("drop", onDrop);
  document.addEventListener("dragend", () => light(null));
}
