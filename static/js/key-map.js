/* Keys that belong to no screen: ? opens the sheet <dialog id="help"> with the keys that exist
   here (its rows name in data-for what has to be on the page), Ctrl Enter sends the form of
   class "compose" one is writing in, Esc leaves a field. */

import { isCovered, isTyping } from "./typing.js";

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event);
  if (event.key === "Escape" && isTyping(event.target) && !isCovered()) return event.target.blur();
  if (event.key !== "?" || event.ctrlKey || event.altKey || isTyping(event.target) || isCovered()) return undefined;
  event.preventDefault();
  return document.getElementById("help")?.showModal();
});

function send(event) {
  const form = event.target.closest?.("form.compose");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

for (const row of document.querySelectorAll("#help [data-for]")) {
  const needed = row.dataset.for.split(" ");
  row.hidden = !needed.every((name) => document.querySelector(name));
}
