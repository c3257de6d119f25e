// Keyboard for the review queue: J/K move, A approves, D and S unfold reasons and days, digits choose
// one of them, Z takes the last decision back. A letter acts only while the focus is inside the queue
// (WCAG 2.1.4). Without this file every button works by mouse, Tab and Enter.
"use strict";
(() => {
  const queue = () => document.getElementById("review-queue");
  const cards = () => [...document.querySelectorAll("[data-review]")];
  const current = () => document.activeElement.closest("[data-review]");
  let position = 0;

  const go = (to) => {
    const all = cards();
    if (!all.length) return queue().focus();
    position = Math.max(0, Math.min(to, all.length - 1));
    all[position].focus();
    all[position].scrollIntoView({ block: "nearest" });
  };
  const unfold = (card, key) => {
    for (const fold of card.querySelectorAll("[data-fold]")) fold.open = fold.dataset.fold === key;
    card.querySelector("[data-fold][open] button")?.focus();
  };
  const ACTIONS = {
    j: (card) => go(card ? cards().indexOf(card) + 1 : 0),
    k: (card) => go(card ? cards().indexOf(card) - 1 : 0),
    a: (card) => card?.querySelector("[data-decision=approve]")?.requestSubmit(),
    d: (card) => card && unfold(card, "d"),
    s: (card) => card && unfold(card, "s"),
    z: () => document.querySelector("[data-undo]")?.requestSubmit(),
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=hidden]), textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (!queue()?.contains(document.activeElement)) return;
    if (queue().querySelector(".htmx-request")) return event.preventDefault(); // one at a time
    const card = current();
    const key = event.key.toLowerCase();
    if (/^[1-9]$/.test(key)) card?.querySelector(`[data-fold][open] [data-key="${key}"]`)?.click();
    else if (Object.hasOwn(ACTIONS, key)) ACTIONS[key](card);
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-start]")) return;
    event.preventDefault();
    go(0);
  });

  // After a decision the list is new: stay where the reader was, if they were in it.
  let wasInside = false;
  document.addEventListener("htmx:beforeSwap", () => {
    wasInside = queue()?.contains(document.activeElement);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const swapped = [event.detail.target?.id, event.target.id].includes("review-queue");
    if (swapped && wasInside) go(position);
  });
  document.addEventListener("focusin", () => {
    const card = current();
    if (card) position = cards().indexOf(card);
  });
})();
