// Suggests organisations while somebody types; without it every field works as it is.
// A field says with data-suggest what a choice becomes: "name" (the name alone) or "query" (a field of the query language).
"use strict";

(() => {
  const LEAST = 2;
  const WAIT = 140;
  let made = 0;

  // What is being typed, where it begins, and what a name becomes there; null where no organisation is meant.
  const asked = (field) => {
    const text = field.value.slice(0, field.selectionEnd);
    if (field.dataset.suggest === "name") return { typed: text, from: 0, put: (name) => name };
    const quoted = (name) => `"${name.replaceAll('"', " ")}"`;
    const part = /(?:^|[\s(])(org|with):("?)([^"():]*)$/.exec(text);
    if (part && (part[2] || !/\s/.test(part[3]))) {
      return { typed: part[3], from: text.length - part[3].length - part[2].length, put: quoted };
    }
    if (/^[\p{L}\p{N}\s.&'’-]+$/u.test(text) && text === field.value) return { typed: text, from: 0, put: (name) => `org:${quoted(name)}` };
    return null;
  };

  const start = (field) => {
    const list = document.createElement("ul");
    const said = document.createElement("p");
    list.id = `suggested-${++made}`;
    list.className = "suggested";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Organisations");
    list.hidden = true;
    said.className = "unseen";
    said.setAttribute("role", "status");
    document.body.append(list, said);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", list.id);
    field.autocomplete = "off";
    let timer = 0;
    let number = 0;
    let at = -1;

    const close = () => {
      list.hidden = true;
      at = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };
    const place = () => {
      const box = field.getBoundingClientRect();
      list.style.left = `${box.left + window.scrollX}px`;
      list.style.top = `${box.bottom + window.scrollY + 2}px`;
      list.style.minWidth = `${box.width}px`;
    };
    const point = (to) => {
      const options = [...list.children];
      at = (to + options.length) % options.length;
      options.forEach((one, place_) => { one.setAttribute("aria-selected", String(place_ === at)); });
      field.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    };
    const choose = (option) => {
      const now = asked(field);
      if (now) {
        const before = field.value.slice(0, now.from) + now.put(option.dataset.name);
        const rest = field.value.slice(field.selectionEnd).replace(/^"/, "");
        field.value = before + rest;
        field.setSelectionRange(before.length, before.length);
      }
      close();
      field.focus();
    };
    const show = (items) => {
      list.replaceChildren(...items.map((one, place_) => {
        const option = document.createElement("li");
        const name = document.createElement("span");
        const more = document.createElement("span");
        option.id = `${list.id}-${place_}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.name = one.name;
        name.textContent = one.name;
        const counts = `${one.documents} ${one.documents === 1 ? "document" : "documents"}, ${one.partnerships} ${one.partnerships === 1 ? "partnership" : "partnerships"}`;
        more.className = "quiet";
        more.textContent = [one.also, one.country, counts].filter(Boolean).join(" · ");
        option.append(name, " ", more);
        return option;
      }));
      said.textContent = items.length ? `${items.length} organisations suggested` : "";
      if (!items.length) { close(); return; }
      at = -1;
      field.removeAttribute("aria-activedescendant");
      place();
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
    };
    const ask = async () => {
      const now = asked(field);
      const mine = ++number;
      if (!now || now.typed.trim().length < LEAST) { close(); return; }
      try {
        const answer = await fetch(`/api/v1/suggest?${new URLSearchParams({ q: now.typed.slice(0, 200), limit: "8" })}`);
        const found = answer.ok ? (await answer.json()).items : [];
        if (mine === number && document.activeElement === field) show(found);
      } catch { close(); /* no suggestions without the server, and nothing else is lost */ }
    };

    field.addEventListener("input", () => { window.clearTimeout(timer); timer = window.setTimeout(ask, WAIT); });
    field.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      if (event.key === "ArrowDown") { event.preventDefault(); point(at + 1); }
      if (event.key === "ArrowUp") { event.preventDefault(); point(at < 0 ? -1 : at - 1); }
      if (event.key === "Enter" && at >= 0) { event.preventDefault(); choose(list.children[at]); }
      if (event.key === "Escape") { event.preventDefault(); close(); }
    });
    field.addEventListener("blur", () => { number += 1; close(); });
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // so that the field keeps the focus
      const option = event.target.closest("li");
      if (option) choose(option);
    });
  };

  for (const field of document.querySelectorAll("[data-suggest]")) start(field);
})();
