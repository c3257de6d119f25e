// Keyboard for the review queue: J/K move, A approves, S puts aside, D opens the reasons, 1–9 declines.
// Without this file every button works by mouse, Tab and Enter.
"use strict";
(() => {
  const cards = () => [...document.querySelectorAll("[data-review]")];
  const current = () => document.activeElement.closest("[data-review]");
  let position = 0;

  const go = (to) => {
    const all = cards();
    if (!all.length) return;
    position = Math.max(0, Math.min(to, all.length - 1));
    all[position].focus();
    all[position].scrollIntoView({ block: "nearest" });
  };
  const press = (card, decision) =>
    card.querySelector(`input[name=decision][value=${decision}]`)?.closest("form").requestSubmit();

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=hidden]), textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const card = current(); // a letter decides only where the focus is: WCAG 2.1.4
    const key = event.key.toLowerCase();
    if (key === "j") go(current() ? cards().indexOf(current()) + 1 : 0);
    else if (key === "k") go(cards().indexOf(current()) - 1);
    else if (!card) return;
    else if (key === "a") press(card, "approve");
    else if (key === "s") press(card, "later");
    else if (key === "d") {
      card.querySelector("[data-decline]").open = true;
      card.querySelector("[data-decline] button").focus();
    } else if (/^[1-9]$/.test(key) && card.querySelector("[data-decline]")?.open) {
      card.querySelector(`[data-key="${key}"]`)?.click();
    } else if (key === "u") location.assign(document.querySelector("a[href$='/entschieden']").href);
    else return;
    event.preventDefault();
  });

  // After a decision the list is new: stay where the reader was.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "review-queue" || event.target.id === "review-queue") go(position);
  });
  document.addEventListener("focusin", () => {
    const card = current();
    if (card) position = cards().indexOf(card);
  });
})();
