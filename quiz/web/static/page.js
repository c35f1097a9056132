// Conveniences. Every page works without this file; elements that need it are hidden until it has loaded.
"use strict";

const find = (selector) => document.querySelector(selector);
const onClick = (selector, handler) => find(selector)?.addEventListener("click", handler);

function setVisible(selector, visible = true) {
  for (const element of document.querySelectorAll(selector)) element.hidden = !visible;
}

// The owner link that this device remembers. Private windows and strict settings may refuse storage.
const rememberedLink = {
  key: "many-hats",
  get() {
    try { return localStorage.getItem(this.key); } catch { return null; }
  },
  set(link) {
    try { localStorage.setItem(this.key, link); return true; } catch { return false; }
  },
  remove() {
    try { localStorage.removeItem(this.key); } catch { /* nothing was stored */ }
  },
};

// Copy boxes: a read-only field with a link, and a button that copies it.
function enableCopyBox(box) {
  const field = box.querySelector("[data-select]");
  const button = box.querySelector("[data-copy]");
  const status = box.querySelector("[data-status]");
  field.addEventListener("focus", () => field.select());
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      status.textContent = "Copied.";
    } catch {
      field.focus();
      field.select();
      status.textContent = "Selected: copy it with your keyboard or by holding your finger on it.";
    }
  });
}

// The owner link: share it with another device, remember it on this one, forget it.
function enableOwnerLink(section) {
  const link = section.dataset.link;
  const status = section.querySelector("[data-status]");

  function showRemembered(isRemembered) {
    setVisible("[data-remember-item]", !isRemembered);
    setVisible("[data-forget-item]", isRemembered);
  }

  if (navigator.share) {
    setVisible("[data-share-item]");
    onClick("[data-share]", () => navigator.share({ title: "My Many Hats link", url: link }).catch(() => {}));
  }
  showRemembered(rememberedLink.get() === link);
  onClick("[data-remember]", () => {
    if (!rememberedLink.set(link)) return;
    showRemembered(true);
    status.textContent = "Remembered on this device.";
  });
  onClick("[data-forget]", () => {
    rememberedLink.remove();
    showRemembered(false);
    status.textContent = "Forgotten on this device.";
  });
}

// A deleted response is no longer remembered.
function forgetOnDelete(form) {
  form.addEventListener("submit", () => {
    if (rememberedLink.get() === form.dataset.forgetLink) rememberedLink.remove();
  });
}

// A remembered link that gives "not found" is not offered again.
function forgetIfNotFound() {
  if (find("[data-not-found]") && rememberedLink.get() === location.href) rememberedLink.remove();
}

function prefillOwnLink(field) {
  if (!field.value && rememberedLink.get()) field.value = rememberedLink.get();
}

// The start page offers the remembered link, if it belongs to this server.
function offerRememberedLink(offer) {
  if (!rememberedLink.get()) return;
  const url = new URL(rememberedLink.get(), location.href);
  if (url.origin !== location.origin) return;
  find("[data-remembered-link]").href = url.href;
  offer.hidden = false;
}

function enablePrinting() {
  setVisible("[data-print-item]");
  setVisible("[data-print]");
  onClick("[data-print]", () => window.print());
}

// Forms that are saved after each change. Their buttons are for going on, and for browsers without scripts.
function enableAutosave(form) {
  const status = find("[data-save-status]");
  const button = form.querySelector("button").textContent;
  const typingPause = 400; // ms
  const pageId = Math.random().toString(36).slice(2, 12);
  let saveNumber = 0;
  let typing = null; // a timer, while there is text that is not sent yet
  let isDeleted = false;

  async function send() {
    const fields = new FormData(form);
    fields.set("go_to", "stay");
    try {
      const response = await fetch(form.action, { method: "POST", body: fields, keepalive: true });
      if (response.ok) return "Saved.";
      if (response.status === 422) return `Not saved yet. ${await response.text()}`;
      if (response.status === 404) {
        isDeleted = true;
        return "Not saved: these answers were deleted.";
      }
    } catch { /* no connection */ }
    return `Not saved yet. It will be saved with “${button}”.`;
  }

  async function save() {
    clearTimeout(typing);
    typing = null;
    if (isDeleted) return;
    const message = await send();
    if (status.textContent !== message) status.textContent = message; // the same message is announced once
  }

  // One request after the other, so that the message is about the latest.
  let lastSave = Promise.resolve();
  const saveNext = () => { lastSave = lastSave.then(save); };

  // Every form of this page gets a number, so that the server ignores one that arrives after a later one.
  form.addEventListener("formdata", ({ formData }) => {
    formData.set("page_id", pageId);
    formData.set("save_number", ++saveNumber);
  });
  setVisible("[data-saved-by-buttons]", false);
  setVisible("[data-saved-by-script]");
  form.addEventListener("change", saveNext);
  form.addEventListener("input", (event) => {
    if (!event.target.matches("textarea, [type=text]")) return;
    clearTimeout(typing);
    typing = setTimeout(saveNext, typingPause);
  });
  form.addEventListener("submit", () => { clearTimeout(typing); typing = null; });
  addEventListener("online", () => { if (status.textContent.startsWith("Not saved")) saveNext(); });
  // The page may be closed or reloaded: text that was just typed is sent at once.
  const saveTyped = () => { if (typing) save(); };
  addEventListener("beforeunload", saveTyped);
  document.addEventListener("visibilitychange", saveTyped);
}

// The number of answered questions, and the bar next to it, with each answer.
function enableProgress(bar) {
  const scales = [...document.querySelectorAll(".question-scale")];
  const isAnswered = (scale) => scale.querySelector(":checked") !== null;
  const wasAnswered = (scale) => scale.querySelector("[checked]") !== null; // as the server sent it
  const onOtherPages = bar.value - scales.filter(wasAnswered).length;

  function show() {
    bar.value = onOtherPages + scales.filter(isAnswered).length;
    find("[data-answered]").textContent = `${bar.value} of ${bar.max} answered`;
  }
  show(); // a browser may restore answers that were not sent
  document.addEventListener("change", show);
}

// The back/forward cache shows a page as it was left, maybe by another person, with a form that was sent already.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

function enable(selector, enableElement) {
  document.querySelectorAll(selector).forEach(enableElement);
}

enable(".copy-box", enableCopyBox);
enable("[data-owner-link]", enableOwnerLink);
enable("[data-forget-link]", forgetOnDelete);
forgetIfNotFound();
enable("[data-owner-link-field]", prefillOwnLink);
enable("[data-remembered-offer]", offerRememberedLink);
enablePrinting();
enable("[data-autosave]", enableAutosave);
enable("#progress", enableProgress);
// After an error, focus starts at the summary, for screen readers too.
find(".error-summary")?.focus();
