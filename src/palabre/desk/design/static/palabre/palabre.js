// What HTML alone cannot do. No eval, no inline handler: everything hangs on data- attributes and survives without it.
"use strict";

// A form that the server refused: take the reader to what is wrong.
function focusSummary(root) {
  const summary = root.querySelector("[data-focus]");
  if (summary) summary.focus();
}

// A menu closes with Escape and when the reader goes elsewhere.
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details[data-closes][open]")) {
    if (event.type === "keydown" ? event.key === "Escape" : !menu.contains(event.target)) {
      menu.open = false;
      if (event.type === "keydown") menu.querySelector("summary").focus();
    }
  }
}

// data-copy="#id": copies the text of that element.
async function copy(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText(source.value || source.textContent.trim());
  button.setAttribute("data-done", "");
}

// data-all="name": ticks or clears every box of that name in the same form.
function tickAll(event) {
  const master = event.target.closest("[data-all]");
  if (!master) return;
  for (const box of master.form.elements[master.dataset.all] || []) box.checked = master.checked;
}

// data-ticks="#id": writing in here ticks that box.
function tickOwn(event) {
  const row = event.target.closest("[data-ticks]");
  const box = row && document.querySelector(row.dataset.ticks);
  if (box && event.target !== box) box.checked = true;
}

// data-confirm="sentence": asks before a form is sent.
function confirmSend(event) {
  const sentence = event.submitter && event.submitter.dataset.confirm;
  if (sentence && !window.confirm(sentence)) event.preventDefault();
}

// On a narrow screen the rooms, the doors and the queues slide: the current one is in sight.
function showCurrent() {
  for (const way of document.querySelectorAll(".rooms a[aria-current], .doors a[aria-current], .queues a[aria-current]")) {
    const row = way.closest("ul, nav");
    for (let box = row; box && box !== document.body; box = box.parentElement) {
      if (box.scrollWidth > box.clientWidth) {
        box.scrollLeft += way.getBoundingClientRect().left - box.getBoundingClientRect().left - (box.clientWidth - way.offsetWidth) / 2;
      }
    }
  }
}

document.addEventListener("keydown", closeMenus);
document.addEventListener("click", closeMenus);
document.addEventListener("click", copy);
document.addEventListener("change", tickAll);
document.addEventListener("input", tickOwn);
document.addEventListener("submit", confirmSend);
document.addEventListener("DOMContentLoaded", () => focusSummary(document));
document.addEventListener("DOMContentLoaded", showCurrent);
document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.target));

// HTMX sends the CSRF token that every form already carries.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});
// Refused forms (400, 422) come back as a part of the page too.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([400, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
// An answer that is still worked out and fails: said, while it is asked again.
document.addEventListener("htmx:afterRequest", (event) => {
  const said = event.detail.elt.querySelector("[data-failed]");
  if (said) said.hidden = event.detail.successful;
});
