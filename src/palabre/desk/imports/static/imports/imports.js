// A large file travels in pieces, each small enough for every door between; without this script it travels whole.
"use strict";
const form = document.querySelector("form[data-begin]");
const TRIES = 5;

function told(sentence) {
  const fault = document.getElementById("f-file_fault");
  fault.textContent = sentence;
  fault.hidden = !sentence;
  form.elements.file.setAttribute("aria-invalid", String(Boolean(sentence)));
}

function moved(part, whole) {
  const bar = document.getElementById("sending");
  bar.hidden = false;
  bar.querySelector("progress").max = whole;
  bar.querySelector("progress").value = part;
  bar.querySelector("[data-words]").textContent = bar.dataset.words.replace("{n}", String(Math.floor((100 * part) / whole)));
}

function post(url, body, type) {
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  if (type) headers["Content-Type"] = type;
  return fetch(url, { method: "POST", body, headers, redirect: "error" });
}

// One piece, again after a while when the network fails; the answer says from where the next one is wanted.
async function sendPiece(where, file, at, bytes) {
  for (let n = 1; ; n += 1) {
    try {
      const answer = await post(`${where}?at=${at}`, file.slice(at, at + bytes), "application/octet-stream");
      if (answer.ok || answer.status === 400 || answer.status === 409) return await answer.json();
      if (answer.status < 500 || n === TRIES) throw new RangeError(String(answer.status));
    } catch (error) {
      if (error instanceof RangeError || n === TRIES) throw error;
    }
    await new Promise((done) => setTimeout(done, 1000 * n));
  }
}

async function sendAll(file) {
  const about = new FormData();
  about.set("name", file.name);
  about.set("size", String(file.size));
  const answer = await post(form.dataset.begin, about);
  const begun = await answer.json();
  if (begun.error) return told(begun.error);
  let at = 0;
  for (;;) {
    moved(at, file.size);
    const said = await sendPiece(begun.piece, file, at, begun.bytes);
    if (said.error) return told(said.error);
    if (said.next) {
      window.removeEventListener("beforeunload", stay);
      return window.location.assign(said.next);
    }
    at = said.at;
  }
}

function stay(event) {
  event.preventDefault();
}

async function send(event) {
  const file = form.elements.file.files[0];
  if (!file) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  window.addEventListener("beforeunload", stay);
  told("");
  try {
    await sendAll(file);
  } catch {
    told(form.dataset.failed);
  }
  window.removeEventListener("beforeunload", stay);
  document.getElementById("sending").hidden = true;
  button.disabled = false;
}

if (form) form.addEventListener("submit", send);
