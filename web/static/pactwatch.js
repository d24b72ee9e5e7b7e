// What the pages do better with JavaScript; all of it works without.
"use strict";

// "/" puts the cursor into the search field.
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  const field = document.querySelector("#q") || document.querySelector("#finder");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && field) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});

// On a phone the facets begin closed.
const fold = document.querySelector(".fold");
if (fold && window.matchMedia("(max-width: 60rem)").matches) fold.open = false;

// A bar of a chart leads to its month; the table behind it has the same links for the keyboard.
document.addEventListener("click", (event) => {
  const address = event.target.dataset && event.target.dataset.href;
  if (address && address.startsWith("/")) window.location.assign(address);
});

// Network: show the circle of what is pointed at.
for (const drawing of document.querySelectorAll(".network")) {
  const lines = [...drawing.querySelectorAll("line")];
  const show = (number) => {
    const near = new Set([number]);
    for (const line of lines) {
      const ours = line.dataset.a === number || line.dataset.b === number;
      line.classList.toggle("near", ours);
      if (ours) near.add(line.dataset.a).add(line.dataset.b);
    }
    for (const dot of drawing.querySelectorAll("[data-node]")) dot.classList.toggle("near", near.has(dot.dataset.node));
    drawing.classList.toggle("pointed", number !== null);
  };
  for (const dot of drawing.querySelectorAll("[data-node]")) {
    for (const name of ["mouseenter", "focus"]) dot.addEventListener(name, () => show(dot.dataset.node));
    for (const name of ["mouseleave", "blur"]) dot.addEventListener(name, () => show(null));
  }
}

// Network: zoom with the buttons, or the wheel while Ctrl is held; drag to move.
for (const panel of document.querySelectorAll("[data-zoom]")) {
  const drawing = panel.querySelector(".network");
  const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
  let view = { x: 0, y: 0, size: 1 };
  const apply = () => drawing.setAttribute("viewBox", `${view.x} ${view.y} ${width * view.size} ${height * view.size}`);
  const zoom = (factor, at) => {
    const size = Math.min(1, Math.max(0.12, view.size * factor));
    view = {
      x: Math.min(width * (1 - size), Math.max(0, view.x + width * (view.size - size) * at.x)),
      y: Math.min(height * (1 - size), Math.max(0, view.y + height * (view.size - size) * at.y)),
      size,
    };
    apply();
  };
  const tools = panel.querySelector(".tools");
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const what = event.target.dataset.do;
    if (what === "in") zoom(0.7, { x: 0.5, y: 0.5 });
    if (what === "out") zoom(1 / 0.7, { x: 0.5, y: 0.5 });
    if (what === "all") { view = { x: 0, y: 0, size: 1 }; apply(); }
  });
  drawing.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = drawing.getBoundingClientRect();
    zoom(event.deltaY > 0 ? 1.15 : 0.87, { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
  }, { passive: false });
  let held = null;
  let moved = false;
  drawing.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || view.size === 1) return;
    held = { x: event.clientX, y: event.clientY, from: { ...view } };
    moved = false;
  });
  window.addEventListener("pointermove", (event) => {
    if (!held) return;
    const box = drawing.getBoundingClientRect();
    const dx = ((event.clientX - held.x) / box.width) * width * view.size;
    const dy = ((event.clientY - held.y) / box.height) * height * view.size;
    moved = moved || Math.abs(dx) + Math.abs(dy) > 4;
    view.x = Math.min(width * (1 - view.size), Math.max(0, held.from.x - dx));
    view.y = Math.min(height * (1 - view.size), Math.max(0, held.from.y - dy));
    apply();
  });
  window.addEventListener("pointerup", () => { held = null; });
  drawing.addEventListener("click", (event) => { if (moved) { event.preventDefault(); moved = false; } }, true);
  drawing.addEventListener("dragstart", (event) => event.preventDefault());
}

// A crawl under way: fetch its state again every two seconds.
const live = document.querySelector("[data-live]");
if (live) {
  const again = async () => {
    try {
      const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (fresh) live.replaceChildren(...fresh.childNodes);
      if (!fresh || fresh.dataset.live === "ended") return;
    } catch { /* the server may be busy: the next try is soon */ }
    window.setTimeout(again, 2000);
  };
  if (live.dataset.live !== "ended") window.setTimeout(again, 2000);
}
