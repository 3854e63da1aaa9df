/* Keys that belong to no screen: ? opens the sheet <dialog id="help"> with the keys that exist
   here (its rows name in data-for what has to be on the page; a group without rows is hidden too),
   Ctrl Enter sends the form of class "compose" one is writing in, else presses #send once
   everything is saved, Esc leaves a field, / goes to the search [data-search], and the letter in
   data-key presses what carries it: data-key="a", or data-key="shift+k". */

import { letterOf } from "./key-letter.js";
import { isCovered, isResting, isTyping } from "./typing.js";

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event);
  if (event.key === "Escape" && isTyping(event.target) && !isCovered()) return event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || isResting(event.target)) return undefined;
  return press(event);
});

function press(event) {
  if (event.key === "?") return act(event, document.getElementById("help"), (sheet) => sheet.showModal());
  if (event.key === "/") return act(event, document.querySelector("[data-search]"), (field) => (field.focus(), field.select()));
  const letter = letterOf(event);
  // Held down, a key decides nothing twice.
  if (!letter || event.repeat) return undefined;
  const name = event.shiftKey ? `shift+${letter}` : letter;
  return act(event, document.querySelector(`[data-key="${name}"]`), (button) => button.click());
}

function act(event, thing, does) {
  if (!thing) return;
  event.preventDefault();
  does(thing);
}

async function send(event) {
  const form = event.target.closest?.("form.compose");
  if (!form && (isCovered() || !document.getElementById("send"))) return;
  event.preventDefault();
  if (form) return form.requestSubmit();
  // What is sent holds the words that stand there.
  await Promise.all([...document.querySelectorAll("auto-save")].map((each) => each.save()));
  document.getElementById("send")?.click();
}

function showRows() {
  for (const row of document.querySelectorAll("#help [data-for]")) {
    const needed = row.dataset.for.split(" ");
    row.hidden = !needed.every((name) => document.querySelector(name));
  }
  for (const group of document.querySelectorAll("#help section")) {
    group.hidden = !group.querySelector("dl > div:not([hidden])");
  }
}

document.addEventListener("swapped", showRows);
showRows();
