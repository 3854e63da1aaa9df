/* Ctrl Z, Ctrl Shift Z and Ctrl Y press the page's Undo and Redo (forms #undo and #redo).

   In a field the browser's own undo goes first: only when it finds nothing to take back does the
   page's follow. */

import { isCovered, isTyping } from "./typing.js";

// The browser takes back within the same press; a slow one gets this long, in milliseconds.
const OWN = 40;

document.addEventListener("keydown", (event) => {
  const way = wayOf(event);
  const button = way && document.querySelector(`#${way} button`);
  if (!button || event.defaultPrevented || isCovered()) return;
  if (isTyping(event.target)) return afterOwn(() => press(way));
  event.preventDefault();
  press(way);
});

function wayOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if (altKey || !(ctrlKey || metaKey)) return "";
  if (key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
  return key.toLowerCase() === "y" && ctrlKey && !shiftKey ? "redo" : "";
}

function press(way) {
  document.querySelector(`#${way} button`)?.click();
}

function afterOwn(then) {
  let own = false;
  const hear = ({ inputType }) => (own ||= /^history/.test(inputType ?? ""));
  document.addEventListener("input", hear, true);
  setTimeout(() => {
    document.removeEventListener("input", hear, true);
    if (!own) then();
  }, OWN);
}
