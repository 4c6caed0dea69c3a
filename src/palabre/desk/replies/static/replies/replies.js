// Ctrl+Enter (or ⌘+Enter) in a reply presses the button that sends it. Without this file the button is still there.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const text = event.target.closest("[data-send]");
  const button = text && text.form.querySelector("[data-primary]:not([disabled])");
  if (!button) return;
  event.preventDefault();
  button.click();
});
