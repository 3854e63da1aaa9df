/* The row under a prompt: <button data-ask> opens the list of names at its caret, and
   <button data-insert="slow push in"> in a menu (.quick-words) that one of its buttons opened writes
   those words there. The caret is where it was last in that prompt. The card may be drawn anew while
   its menu is open, so the menu is kept where the button was. */

import { ask, standBy } from "./prompt-picker.js";

let shot = "";
let near = null;

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  const card = button?.closest(".shot[id]");
  if (card) [shot, near] = [card.id, button.getBoundingClientRect()];
  if (button?.hasAttribute("data-ask")) ask(card.querySelector("prompt-field"));
  if (button?.hasAttribute("data-insert")) insert(button);
});

// These do not bubble; capturing hears them all the same.
for (const name of ["beforetoggle", "toggle"]) document.addEventListener(name, place, { capture: true });

function place({ target, newState }) {
  if (near && newState === "open" && target.matches?.(".quick-words")) standBy(target, near);
}

function insert(button) {
  button.closest("[popover]")?.hidePopover();
  document.getElementById(shot)?.querySelector("prompt-field")?.insert(button.dataset.insert);
}
