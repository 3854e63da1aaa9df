/* A picture dropped on a shot's card, or pasted while the card is selected, goes into the card's
   own field (input[name=picture] in an auto-save), as if it had been chosen there. A file dropped
   elsewhere on the board does nothing: the browser would leave the page for it. */

import { isTyping } from "./typing.js";

document.addEventListener("dragover", (event) => {
  if (!brings(event.dataTransfer) || !document.querySelector(".shot input[name=picture]")) return;
  if (event.target.closest?.("input[type=file], label")) return;
  event.preventDefault();
  const card = cardOf(event.target);
  event.dataTransfer.dropEffect = card ? "copy" : "none";
  mark(card);
});

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) mark(null);
});

document.addEventListener("drop", (event) => {
  mark(null);
  const card = cardOf(event.target);
  if (!card || !brings(event.dataTransfer)) return;
  event.preventDefault();
  put(card, event.dataTransfer.files);
});

// Before the field that is written in: words stay the field's, a bare picture is the shot's.
document.addEventListener(
  "paste",
  (event) => {
    const { files, types } = event.clipboardData ?? {};
    if (!files?.length || (isTyping(event.target) && types.includes("text/plain"))) return;
    if (document.querySelector("dialog[open]")) return;
    const inside = event.target.closest?.(".shot");
    const card = cardOf(inside ?? (isTyping(event.target) ? null : document.querySelector(".shot.sel")));
    if (!card) return;
    event.preventDefault();
    event.stopPropagation();
    put(card, files);
  },
  true,
);

function brings(transfer) {
  return transfer?.types.includes("Files") ?? false;
}

function cardOf(element) {
  const card = element?.closest?.(".shot");
  return card?.querySelector("input[name=picture]") ? card : null;
}

function mark(card) {
  for (const each of document.querySelectorAll(".shot.taking")) each.classList.toggle("taking", each === card);
  card?.classList.add("taking");
}

/** The first picture among the files, else the first file: the server says what is wrong with it. */
function put(card, files) {
  const input = card.querySelector("input[name=picture]");
  const chosen = [...files].find((file) => file.type.startsWith("image/")) ?? files[0];
  if (!chosen) return;
  const one = new DataTransfer();
  one.items.add(chosen);
  input.files = one.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
