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

const keep = one("[data-keep]");
if (keep) {
  const link = keep.dataset.link;
  const field = one("[data-select]");
  const say = (text) => { one("[data-said]").textContent = text; };
  const remembered = (yes) => { show("[data-remember-way]", !yes); show("[data-forget-way]", yes); };

  field.addEventListener("focus", () => field.select());
  show("[data-copy]");
  on("[data-copy]", async () => {
    try {
      await navigator.clipboard.writeText(link);
      say("Copied.");
    } catch {
      field.focus();
      field.select();
      say("Selected: copy it with your keyboard or by holding your finger on it.");
    }
  });

  if (navigator.share) {
    show("[data-share-way]");
    on("[data-share]", () => navigator.share({ title: "My Many Hats link", url: link }).catch(() => {}));
  }

  remembered(memory.get() === link);
  on("[data-remember]", () => { if (memory.set(link)) { remembered(true); say("Remembered on this device."); } });
  on("[data-forget]", () => { memory.drop(); remembered(false); say("Forgotten on this device."); });
}

if (one("[data-forget-now]")) memory.drop();

const again = one("[data-again]");
if (again && memory.get()) {
  const known = new URL(memory.get(), location.href);
  if (known.origin === location.origin) {
    one("[data-again-link]").href = known.href;
    again.hidden = false;
  }
}

show("[data-print-way]");
on("[data-print]", () => window.print());

// After an error the summary comes first, for the eye and for the screen reader.
one(".errors")?.focus();
