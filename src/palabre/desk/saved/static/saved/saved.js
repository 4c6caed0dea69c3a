// Saved replies: "/" in a reply opens the list, arrows walk in it, Enter takes one. Without this file the texts are
// still on their own page.
"use strict";

function put(box, text) {
  box.focus();
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

const pickerOf = (box) => box.id && document.querySelector(`[data-saved="${CSS.escape(box.id)}"]`);
const boxOf = (picker) => document.getElementById(picker.dataset.saved);
const choices = (picker) => [...picker.querySelectorAll("[data-insert]")];

function openPicker(picker) {
  picker.open = true;
  const search = picker.querySelector("input[type=search]");
  search.value = "";
  search.focus();
}

function slash(event) {
  const box = event.target.closest("textarea");
  const picker = box && pickerOf(box);
  if (!picker || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!/(^|\s)$/.test(box.value.slice(0, box.selectionStart))) return;
  event.preventDefault();
  openPicker(picker);
}

function walk(event) {
  const picker = event.target.closest("[data-saved]");
  if (!picker || event.isComposing) return;
  const listed = choices(picker), at = listed.indexOf(event.target), search = event.target.matches("input");
  if (event.key === "Escape") {
    picker.open = false;
    boxOf(picker).focus();
  } else if (event.key === "/" && search && !event.target.value) {
    picker.open = false;
    put(boxOf(picker), "/");
  } else if (event.key === "Enter" && search) {
    if (listed.length) listed[0].click();
  } else if (event.key === "ArrowDown" && listed[at + 1]) {
    listed[at + 1].focus();
  } else if (event.key === "ArrowUp" && at > 0) {
    listed[at - 1].focus();
  } else if (event.key === "ArrowUp" && at === 0) {
    picker.querySelector("input[type=search]").focus();
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function take(event) {
  const button = event.target.closest("[data-insert]");
  const picker = button && button.closest("[data-saved]");
  if (!picker) return;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  fetch(button.dataset.used, { method: "POST", headers: { "X-CSRFToken": token ? token.value : "" } });
  picker.open = false;
  put(boxOf(picker), button.dataset.insert);
}

// A field goes where the cursor was last.
let last = null;
document.addEventListener("focusin", (event) => { if (event.target.matches("textarea")) last = event.target; });
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-field]");
  const box = chip && (last || chip.form.querySelector("textarea"));
  if (box) put(box, chip.dataset.field);
});
document.addEventListener("keydown", slash);
document.addEventListener("keydown", walk);
document.addEventListener("click", take);
