// Audits by keyboard: a digit answers, b goes back. Without this file every answer is still a button.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing || event.repeat) return;
  if (event.target.closest("input:not([type=hidden]), textarea, select")) return;
  const wanted = [...document.querySelectorAll("#audit [data-key]")].find((one) => one.dataset.key === event.key);
  if (!wanted) return;
  event.preventDefault();
  wanted.click();
});
document.addEventListener("htmx:afterSwap", (event) => {
  const post = event.detail.target.id === "audit" && document.getElementById("audit-post");
  if (post) post.focus({ preventScroll: true });
});
