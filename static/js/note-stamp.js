/* The composer of a note says what it is about:
     <form id="composer"><input type="hidden" name="at_ms"><input type="hidden" name="end_ms">
     <button id="note-stamp"><span data-stamp></span></button>
     <fieldset id="note-about" popover><input type="radio" name="about" value="moment|range|shot|general">
       <span data-about="moment|range|shot" [data-none]></span></fieldset><textarea>
   While it is empty and not focused the moment follows the player; from the first key or stroke, or
   from when it is entered, it stands still. A range that is set (the player's event `range`) is what
   the note is about until it is cleared, or something else is chosen. */

import { frameAt, frameStart, timecode } from "./timecode.js";
import { say } from "./words.js";

const now = { atMs: 0, words: "", shot: null, range: null };

const formOf = (id = "composer") => document.getElementById(id);
const about = (form, value) => form?.querySelector(`[name=about][value=${value}]`);

/** The player stands at this moment. */
function follow(atMs, words) {
  const form = formOf();
  const field = form?.querySelector("textarea");
  if (!field || field.value || form.contains(document.activeElement) || form.elements.drawing?.value) return;
  set(atMs, words);
}

/** Pin the note to a moment. */
function set(atMs, words) {
  Object.assign(now, { atMs, words, shot: shotAt(atMs) });
  draw(formOf());
}

function shotAt(ms) {
  const shots = document.querySelector("take-player")?.shots ?? [];
  return (shots.find((shot) => ms < shot.end_ms) ?? shots.at(-1))?.position ?? null;
}

function draw(form) {
  if (!form?.elements.at_ms) return;
  const ranged = about(form, "range");
  ranged.disabled = !now.range;
  if (!now.range && ranged.checked) about(form, "moment").checked = true;
  const kind = form.elements.about.value;
  form.elements.at_ms.value = String(kind === "range" ? now.range.inMs : now.atMs);
  form.elements.end_ms.value = kind === "range" ? String(now.range.outMs) : "";
  const told = { moment: now.words, range: now.range?.words ?? "", shot: now.shot ? say("shotNumber", { n: now.shot }) : "" };
  for (const each of form.querySelectorAll("[data-about]")) {
    each.textContent = told[each.dataset.about] || each.dataset.none || "";
  }
  const stamp = form.querySelector("[data-stamp]");
  stamp.textContent = kind === "general" ? say("wholeTake") : told[kind] || stamp.textContent;
}

/** The frame the player shows already, also where there was no composer until now. */
function look() {
  const player = document.querySelector("take-player.on");
  if (player) follow(frameStart(player.frame, player.rate), timecode(player.frame, player.rate));
}

/** A fresh composer is about the range, while there is one. */
function begin(form) {
  look();
  if (now.range && form && !form.querySelector("textarea")?.value) about(form, "range").checked = true;
  draw(form);
}

document.addEventListener("frame", ({ detail, target }) => follow(detail.atMs, timecode(detail.frame, target.rate)));
// The player may have shown its frame before this module came.
look();

// What is drawn is on a frame, so the note is too.
document.addEventListener("draw-frame", ({ detail }) => {
  const form = formOf();
  if (form && !["moment", "range"].includes(form.elements.about?.value)) about(form, "moment").checked = true;
  set(detail.atMs, detail.words);
});

document.addEventListener("range", ({ detail, target }) => {
  const { rate } = target;
  const whole = detail && Number.isFinite(detail.inMs) && Number.isFinite(detail.outMs);
  const word = (ms, less = 0) => timecode(frameAt(ms, rate) - less, rate);
  now.range = whole ? { ...detail, words: `${word(detail.inMs)}–${word(detail.outMs, 1)}` } : null;
  const form = formOf();
  if (now.range && about(form, "range")) about(form, "range").checked = true;
  draw(form);
});

// Words that were kept come back to the frame they were about.
document.addEventListener("moment", ({ detail: { atMs } }) => {
  const { rate } = document.querySelector("take-player") ?? {};
  if (rate) set(atMs, timecode(frameAt(atMs, rate), rate));
});

document.addEventListener("change", ({ target }) => target.matches?.("#composer [name=about]") && draw(target.form));

function chosen(target) {
  target.closest("[popover]")?.hidePopover();
  target.form.querySelector("textarea").focus();
}

// A press chooses and leaves; arrows go on choosing until Enter.
document.addEventListener("click", ({ target, detail }) => {
  if (detail > 0 && target.matches?.("#composer [name=about]")) chosen(target);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("#composer [name=about]")) return;
  event.preventDefault();
  chosen(event.target);
});
for (const name of ["swapped", "htmx:oobAfterSwap"]) {
  document.addEventListener(name, ({ target }) => target.id === "composer" && begin(formOf()));
}
