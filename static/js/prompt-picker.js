/* The list that "@" opens at the caret: the storyboard's elements and voices, then the others of
   the library, which are attached when they are chosen.

   It narrows down while one types; ↑ ↓ choose, Enter or Tab takes, Esc leaves the words as they
   are, → hears a voice or opens the page where an entry is made that the account does not have yet.
   The focus stays in the prompt, which names the option (aria-activedescendant). What cannot be used
   says why. Words that match nothing stay words. */

import { sendParts } from "./part-forms.js";
import { cast, markOf } from "./prompt-words.js";
import { icon, say } from "./words.js";

// Not behind a letter of Latin script, so that an address of mail opens nothing.
const ASKED = /(?:^|[^\w@.-])@([^@\n<>]{0,40})$/;
const MOST_SHOWN = 40;
const list = document.createElement("ul");
list.className = "menu picker";
list.id = "picker";
list.setAttribute("popover", "manual");
list.setAttribute("role", "listbox");
list.tabIndex = 0; // it scrolls; Tab itself takes what is marked
list.addEventListener("mousedown", (event) => event.preventDefault());
list.addEventListener("click", ({ target }) => {
  const option = target.closest("[role=option]");
  const entry = option && shown[[...list.children].indexOf(option)];
  if (target.closest(".aside")) aside(entry);
  else if (entry) take(entry);
});

let field = null;
let from = 0;
let shown = [];
let at = 0;
let left = -1; // the "@" that was left with Esc
let opened = -1; // the "@" that a button wrote
let heard = null; // the voice that plays

/** Open, narrow down or close, as the words before the caret say. */
export function follow(asking) {
  const [start, end] = asking.range;
  const found = start === end && asking.raw.slice(0, end).match(ASKED);
  if (!found || document.activeElement !== asking.box) return close();
  const sign = end - found[1].length - 1;
  if (left === sign) return close({ again: true });
  const entries = matching(found[1].toLowerCase());
  if (!entries.length) return close();
  [field, from, shown, at, left] = [asking, sign, entries, 0, -1];
  return open();
}

/** The caret went elsewhere. */
export function moved(asking) {
  if (field === asking) follow(asking);
}

/** The "@" button: writes one and opens the list. */
export function ask(asking) {
  const [start, end] = asking.range;
  const gap = /[\w.>-]$/.test(asking.raw.slice(0, start)) ? " " : "";
  asking.focusAt(start, end);
  opened = start + gap.length;
  left = -1;
  asking.edit(start, end, `${gap}@`);
}

/** Nothing is asked for any more. An "@" that a button wrote and nobody used goes with it. */
export function close({ again = false } = {}) {
  if (!again) left = -1;
  if (!field) return;
  const was = field;
  field = null;
  heard?.pause();
  if (list.isConnected) list.hidePopover();
  list.remove();
  for (const name of ["aria-controls", "aria-activedescendant"]) was.box.removeAttribute(name);
  const unused = opened >= 0 && was.raw.slice(opened, opened + 2).trimEnd() === "@";
  const sign = opened;
  opened = -1;
  if (unused && was.isConnected && !again) was.edit(sign, sign + 1, "");
}

/** A key in the prompt; true when it was for the list. */
export function pressed(event, asking) {
  if (field !== asking || event.ctrlKey || event.metaKey || event.altKey) return false;
  const { key } = event;
  if (key === "ArrowDown" || key === "ArrowUp") {
    at = (at + (key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length;
    mark();
  } else if (key === "Escape") {
    left = from;
    close({ again: opened < 0 });
  } else if ((key === "Enter" || key === "Tab") && !event.shiftKey) take(shown[at]);
  else if (key === "ArrowRight" && isAtEnd(asking)) return !event.shiftKey && aside(shown[at]);
  else return false;
  return true;
}

/** Behind the word that is looked for: there → has nothing else to do. */
function isAtEnd({ raw, range: [, end] }) {
  return !/^[^\s<]/.test(raw.slice(end));
}

function matching(query) {
  return cast()
    .filter(({ name }) => {
      const lower = name.toLowerCase();
      return lower.startsWith(query) || lower.includes(` ${query}`);
    })
    .slice(0, MOST_SHOWN);
}

function open() {
  list.setAttribute("aria-label", say("picker"));
  list.replaceChildren(...shown.map(optionOf));
  if (!list.isConnected) document.body.append(list);
  if (!list.matches(":popover-open")) list.showPopover();
  field.box.setAttribute("aria-controls", list.id);
  mark();
  stand();
}

function optionOf(entry, place) {
  const option = document.createElement("li");
  option.id = `picker-${place}`;
  option.setAttribute("role", "option");
  const why = entry.token ? entry.away : entry.why || entry.away || say("attaches");
  option.append(markOf(entry), wordsIn("b", entry.name));
  option.append(wordsIn("small", [entry.version, why].filter(Boolean).join(" · ")));
  if (entry.way || entry.sound) option.append(asideOf(entry));
  if (!entry.token && entry.why) option.setAttribute("aria-disabled", "true");
  return option;
}

/** What → does, for the pointer. */
function asideOf({ way }) {
  const words = wordsIn("small", say(way ? "opens" : "hears"), "aside");
  words.prepend(icon(way ? "arrow" : "play", "s"));
  words.append(wordsIn("kbd", "→", "kbd"));
  return words;
}

function wordsIn(tag, words, name = "") {
  const element = document.createElement(tag);
  element.textContent = words;
  if (name) element.className = name;
  return element;
}

/** Hear the voice, or go to the page where the entry is made; true where there is one of the two. */
function aside({ way, sound } = {}) {
  if (way) window.open(way, "_blank", "noopener");
  else if (sound) {
    heard?.pause();
    heard = new Audio(sound);
    heard.play().catch(() => {});
  }
  return Boolean(way || sound);
}

function mark() {
  for (const [place, option] of [...list.children].entries()) {
    option.setAttribute("aria-selected", String(place === at));
  }
  list.children[at]?.scrollIntoView({ block: "nearest" });
  field.box.setAttribute("aria-activedescendant", `picker-${at}`);
}

function stand() {
  const caret = document.getSelection().getRangeAt(0).getBoundingClientRect();
  standBy(list, caret.height ? caret : field.box.getBoundingClientRect());
}

/** Put an open list under what it belongs to, or above it where there is no room. */
export function standBy(popover, near) {
  const { width, height } = popover.getBoundingClientRect();
  const bottom = window.visualViewport?.height ?? window.innerHeight;
  const top = near.bottom + 4 + height > bottom ? Math.max(8, near.top - height - 4) : near.bottom + 4;
  popover.style.top = `${top}px`;
  popover.style.left = `${Math.max(8, Math.min(near.left, window.innerWidth - width - 8))}px`;
}

function take(entry) {
  if (!entry || (!entry.token && entry.why)) return;
  const [asking, start] = [field, from];
  const [, end] = asking.range;
  opened = -1;
  close();
  if (entry.token) asking.edit(start, end, entry.token);
  else attach(asking, entry, start, end);
}

/** Puts the entry on the storyboard; its new token is in the page's answer. */
async function attach(asking, entry, start, end) {
  const { id } = asking.box;
  const asked = asking.raw.slice(start, end);
  const body = new FormData();
  const csrf = asking.closest("form").querySelector("input[name=csrfmiddlewaretoken]");
  body.append("csrfmiddlewaretoken", csrf.value);
  for (const [name, value] of [["kind", entry.kind], ["key", entry.key], ["on", "1"]]) body.append(name, value);
  asking.edit(start, end, "");
  await sendParts(document.getElementById("cast").dataset.attach, body);
  const fresh = document.getElementById(id)?.closest("prompt-field");
  if (!fresh) return;
  const token = cast().find(({ key }) => key === entry.key)?.token;
  const place = Math.min(start, fresh.raw.length);
  left = token ? -1 : place;
  fresh.focusAt(place);
  fresh.edit(place, place, token || asked);
}

document.addEventListener("scroll", ({ target }) => field && target !== list && stand(), { capture: true, passive: true });
document.addEventListener("swapped", ({ target }) => target.id === "cast" && field && follow(field));
