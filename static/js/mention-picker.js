/* <textarea data-mentions>, <ul id="note-people" hidden><li data-name="Ines Ferro"><span class="av">

   The list that "@" opens at a field of a note: the members, narrowed down while one types. ↑ ↓
   choose, Enter or Tab takes, Esc leaves the words as they are. The focus stays in the field, which
   names the option (aria-activedescendant). */

import { standBy } from "./prompt-picker.js";
import { say } from "./words.js";

// Not behind a letter, so that an address of mail opens nothing.
const ASKED = /(?:^|[^\p{L}\p{N}_@.])@([^@\n]{0,40})$/u;
const MOST_SHOWN = 8;
const list = document.createElement("ul");
list.className = "menu picker people";
list.id = "mention-picker";
list.setAttribute("popover", "manual");
list.setAttribute("role", "listbox");

let field = null;
let from = 0;
let at = 0;
let left = -1; // the "@" that was left with Esc

function follow({ target }) {
  if (!target.matches?.("textarea[data-mentions]")) return;
  const before = target.value.slice(0, target.selectionStart);
  const found = before.match(ASKED);
  const sign = found ? before.length - found[1].length - 1 : -1;
  if (!found || sign === left) return close();
  const people = matching(found[1].toLowerCase());
  if (!people.length) return close();
  [field, from, at, left] = [target, sign, 0, -1];
  open(people);
}

function matching(query) {
  const people = [...document.querySelectorAll("#note-people > li")];
  const fits = (name) => name.startsWith(query) || name.includes(` ${query}`);
  return people.filter(({ dataset }) => fits(dataset.name.toLowerCase())).slice(0, MOST_SHOWN);
}

function open(people) {
  list.setAttribute("aria-label", say("members"));
  list.replaceChildren(...people.map(optionOf));
  if (!list.isConnected) document.body.append(list);
  if (!list.matches(":popover-open")) list.showPopover();
  field.setAttribute("aria-controls", list.id);
  mark();
  standBy(list, field.getBoundingClientRect());
}

function optionOf(person, place) {
  const option = document.createElement("li");
  option.id = `mention-${place}`;
  option.dataset.name = person.dataset.name;
  option.setAttribute("role", "option");
  const name = document.createElement("b");
  name.textContent = person.dataset.name;
  const face = person.firstElementChild.cloneNode(true);
  face.setAttribute("aria-hidden", "true");
  option.append(face, name);
  return option;
}

function mark() {
  for (const [place, option] of [...list.children].entries()) {
    option.setAttribute("aria-selected", String(place === at));
  }
  list.children[at]?.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", `mention-${at}`);
}

function close() {
  if (!field) return;
  for (const name of ["aria-controls", "aria-activedescendant"]) field.removeAttribute(name);
  field = null;
  if (list.isConnected) list.hidePopover();
  list.remove();
}

function take(option) {
  if (!option || !field) return;
  const asking = field;
  const end = asking.selectionStart;
  left = from;
  asking.setRangeText(`@${option.dataset.name} `, from, end, "end");
  close();
  asking.focus();
  asking.dispatchEvent(new Event("input", { bubbles: true }));
}

function pressed(event) {
  if (!field || event.target !== field || event.ctrlKey || event.metaKey || event.altKey) return;
  const { key } = event;
  const total = list.children.length;
  if (key === "ArrowDown" || key === "ArrowUp") at = (at + (key === "ArrowDown" ? 1 : total - 1)) % total;
  else if (key === "Escape") left = from;
  else if ((key !== "Enter" && key !== "Tab") || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  if (key === "Escape") close();
  else if (key.startsWith("Arrow")) mark();
  else take(list.children[at]);
}

list.addEventListener("mousedown", (event) => event.preventDefault());
list.addEventListener("click", ({ target }) => take(target.closest("[role=option]")));
document.addEventListener("input", follow);
document.addEventListener("keydown", pressed, true);
document.addEventListener("focusout", ({ target }) => target === field && close());
