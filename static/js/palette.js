/* <dialog id="palette" data-places="/palette/"> with #palette-field, #palette-commands,
   #palette-places and #palette-said; links [data-palette] and Ctrl K (Cmd K) open it.

   Commands are what this page shows and carries data-command (its words, else what it is called):
   a press here is a press there, or the focus where it is a field. A blocked one is never pressed;
   its reason is said. Those used last in this browser stand first. Places come from the server,
   120 ms after the last key. ↑ ↓ choose, Enter goes, Esc closes. */

import { isCovered } from "./typing.js";
import { parse } from "./swap.js";
import { say } from "./words.js";

const PAUSE = 120;
const RECENT = "palette-recent";
const MOST_RECENT = 5;
const MOST_COMMANDS = 30;

const dialog = document.getElementById("palette");
const field = document.getElementById("palette-field");
const commands = document.getElementById("palette-commands");
const places = document.getElementById("palette-places");
const said = document.getElementById("palette-said");
let timer = 0;
let asking = null;
let chosen = null;

if (dialog) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) open();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    document.querySelector("dialog[open]")?.close();
    open();
  });
  field.addEventListener("input", () => {
    drawCommands();
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", press);
  dialog.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) act(event, option);
    else if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    clearTimeout(timer);
    asking?.abort();
  });
}

function open() {
  if (isCovered()) document.querySelector(".menu:popover-open")?.hidePopover();
  field.value = "";
  said.textContent = "";
  dialog.showModal();
  field.focus();
  drawCommands();
  ask();
}

function press(event) {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (way) {
    event.preventDefault();
    const all = options();
    choose(all[(all.indexOf(chosen) + way + all.length) % all.length]);
  } else if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    if (chosen?.does) act(event, chosen);
    else chosen?.click();
  }
}

function options() {
  return [...dialog.querySelectorAll("[role=option]")];
}

function choose(option) {
  chosen?.setAttribute("aria-selected", "false");
  chosen = option ?? null;
  chosen?.setAttribute("aria-selected", "true");
  chosen?.scrollIntoView({ block: "nearest" });
  if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
  else field.removeAttribute("aria-activedescendant");
}

/** The first of what is left, and words where nothing is. */
function settle() {
  const all = options();
  choose(all.includes(chosen) ? chosen : all[0]);
  said.textContent = all.length || asking ? "" : say("nothingFound");
}

function act(event, option) {
  const { does } = option;
  if (!does) return; // a place is a link: the browser goes there
  event.preventDefault();
  const why = blocked(does);
  if (why) {
    said.textContent = say("blocked", { why });
    return;
  }
  remember(called(does));
  dialog.close();
  if (does.matches("input:not([type=radio], [type=checkbox], [type=submit]), textarea, select")) does.focus();
  else does.click();
}

/* Commands of this page */

function drawCommands() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const last = remembered();
  const found = [...document.querySelectorAll("[data-command]")]
    .filter((each) => isThere(each) && words.every((word) => called(each).toLowerCase().includes(word)))
    .filter((each, at, all) => all.findIndex((other) => called(other) === called(each)) === at);
  const rank = (each) => (last.includes(called(each)) ? last.indexOf(called(each)) : MOST_RECENT);
  if (!words.length) found.sort((one, other) => rank(one) - rank(other));
  commands.replaceChildren(...found.slice(0, MOST_COMMANDS).map(drawCommand));
  settle();
}

function drawCommand(does, at) {
  const option = document.createElement("li");
  option.className = "place";
  option.does = does;
  asOption(option, `palette-command-${at}`);
  const mark = does.querySelector("svg.i")?.cloneNode(true) ?? span("i", "");
  mark.setAttribute("class", "i");
  option.append(mark, span("what clip", called(does)));
  const why = blocked(does);
  if (why) {
    option.setAttribute("aria-disabled", "true");
    const words = span("where clip", why);
    words.id = `${option.id}-why`;
    option.setAttribute("aria-describedby", words.id); // what buttons.js says when it is clicked
    option.append(words);
  }
  const [keys] = does.getAttribute("aria-keyshortcuts")?.split(" ") ?? [];
  if (keys) {
    const kbd = document.createElement("kbd");
    kbd.className = "kbd";
    kbd.textContent = keys.replace("Control", "Ctrl").replaceAll("+", " ");
    option.append(kbd);
  }
  return option;
}

function span(name, words) {
  const box = document.createElement("span");
  box.className = name;
  box.textContent = words;
  return box;
}

function asOption(element, id) {
  element.id = id;
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", "false");
}

/** What is in a closed menu can be done, too. */
function isThere(element) {
  if (element.closest("[hidden], dialog")) return false;
  return element.closest("[popover]") !== null || element.checkVisibility();
}

function called(element) {
  return element.dataset.command || element.getAttribute("aria-label") || element.textContent.trim();
}

/** Why it cannot be done now; nothing where it can. */
function blocked(element) {
  if (element.getAttribute("aria-disabled") !== "true" && !element.disabled) return "";
  const why = document.getElementById(element.getAttribute("aria-describedby") ?? "");
  return why?.textContent.trim() || element.title || called(element);
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(RECENT)) ?? [];
  } catch {
    return [];
  }
}

function remember(name) {
  const last = [name, ...remembered().filter((each) => each !== name)].slice(0, MOST_RECENT);
  try {
    localStorage.setItem(RECENT, JSON.stringify(last));
  } catch {
    // A browser that keeps nothing: the order stays as it is on the page.
  }
}

/* Places of the server */

async function ask() {
  asking?.abort();
  const mine = (asking = new AbortController());
  try {
    const query = new URLSearchParams({ q: field.value });
    const response = await fetch(`${dialog.dataset.places}?${query}`, {
      headers: { "HX-Request": "true" },
      signal: mine.signal,
    });
    if (!response.ok || response.redirected) throw new Error(response.statusText);
    const rows = parse(await response.text());
    if (asking === mine) drawPlaces(rows);
  } catch {
    if (asking === mine && !mine.signal.aborted) placesAway();
  }
}

function drawPlaces(rows) {
  asking = null;
  for (const [at, row] of rows.entries()) {
    row.setAttribute("role", "presentation");
    const link = row.querySelector("a");
    asOption(link, `palette-place-${at}`);
    link.tabIndex = -1;
  }
  places.replaceChildren(...rows);
  settle();
}

function placesAway() {
  asking = null;
  places.replaceChildren();
  settle();
  said.textContent = say("placesAway");
}
