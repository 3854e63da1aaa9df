/* Alt ↑ and Alt ↓ go to the same field of the shot above or below: what a list is for, and right in
   every view. Fields of a card are called after it: #shot-K, #shot-K-prompt, #shot-K-seconds. */

import { isCovered } from "./typing.js";

const CARDS = "#board .shot[id^='shot-']";

document.addEventListener("keydown", (event) => {
  const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!way || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || isCovered()) return;
  const card = event.target.closest?.(CARDS);
  const all = [...document.querySelectorAll(CARDS)];
  const next = card ? all[all.indexOf(card) + way] : null;
  if (!next) return;
  event.preventDefault();
  const { id } = event.target.closest("[id]");
  document.querySelector("shot-timeline")?.select(next.id.slice("shot-".length));
  const same = document.getElementById(id.replace(card.id, next.id)) ?? next;
  same.focus();
  if (same.matches("input")) same.select();
  next.scrollIntoView({ block: "nearest" });
});
