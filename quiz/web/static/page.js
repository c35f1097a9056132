// Small comforts. Every page is whole without this file; what needs it is hidden until it is here.
"use strict";

const one = (selector) => document.querySelector(selector);
const show = (selector, visible = true) => { const found = one(selector); if (found) found.hidden = !visible; };
const on = (selector, act) => one(selector)?.addEventListener("click", act);

// Private windows and strict settings may refuse storage: then there is nothing to remember.
const memory = {
  key: "many-hats",
  get() { try { return localStorage.getItem(this.key); } catch { return null; } },
  set(value) { try { localStorage.setItem(this.key, value); return true; } catch { return false; } },
  drop() { try { localStorage.removeItem(this.key); } catch { /* nothing was kept */ } },
};

for (const box of document.querySelectorAll(".copy-box")) {
  const field = box.querySelector("[data-select]");
  const button = box.querySelector("[data-copy]");
  const said = box.querySelector("[data-said]");
  field.addEventListener("focus", () => field.select());
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Copied.";
    } catch {
      field.focus();
      field.select();
      said.textContent = "Selected: copy it with your keyboard or by holding your finger on it.";
    }
  });
}

const keep = one("[data-keep]");
if (keep) {
  const link = keep.dataset.link;
  const say = (text) => { one("[data-keep] [data-said]").textContent = text; };
  const remembered = (yes) => { show("[data-remember-way]", !yes); show("[data-forget-way]", yes); };

  if (navigator.share) {
    show("[data-share-way]");
    on("[data-share]", () => navigator.share({ title: "My Many Hats link", url: link }).catch(() => {}));
  }

  remembered(memory.get() === link);
  on("[data-remember]", () => { if (memory.set(link)) { remembered(true); say("Remembered on this device."); } });
  on("[data-forget]", () => { memory.drop(); remembered(false); say("Forgotten on this device."); });
}

// What is deleted is not remembered, and what leads nowhere is not offered again.
const going = one("[data-forget-link]");
going?.addEventListener("submit", () => { if (memory.get() === going.dataset.forgetLink) memory.drop(); });
if (one("[data-not-found]") && memory.get() === location.href) memory.drop();

const own = one("[data-own-link]");
if (own && !own.value && memory.get()) own.value = memory.get();

const again = one("[data-again]");
if (again && memory.get()) {
  const known = new URL(memory.get(), location.href);
  if (known.origin === location.origin) {
    one("[data-again-link]").href = known.href;
    again.hidden = false;
  }
}

show("[data-print-way]");
show("[data-print]");
on("[data-print]", () => window.print());

// Wishes are saved as they are chosen; the button is for going on.
const form = one("[data-autosave]");
const save = async () => {
  const said = one("[data-saved]");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
    const wrong = () => answer.text().then((page) => new DOMParser().parseFromString(page, "text/html").querySelector(".error-summary a")?.textContent);
    said.textContent = answer.ok ? "Saved." : `Not saved yet. ${(await wrong()) ?? "Press the button to see why."}`;
    if (answer.ok) setTimeout(() => { if (said.textContent === "Saved.") said.textContent = ""; }, 4000);
  } catch {
    said.textContent = "Not saved: there is no connection.";
  }
};
// One after the other: were an earlier choice to arrive last, it would undo the later ones.
let saving = Promise.resolve();
form?.addEventListener("change", () => { saving = saving.then(save); });

// After an error the summary comes first, for the eye and for the screen reader.
one(".error-summary")?.focus();
