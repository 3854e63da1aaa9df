/* <form data-note-form hx-post="…"><textarea name="text" [data-own-words]>

   Words of a note, a reply or an edit that are not on the server yet are kept in this browser and
   put back when the page is opened again, a note's with its moment. When they have arrived the form is empty and folded;
   what was typed meanwhile stays in it.
   Reply and Edit put the caret into their field; Esc on an empty one folds it. */

import { drop, keep, kept } from "./unsent-words.js";

const FORM = "form[data-note-form]";
const sent = new WeakMap();
let typedOn = ""; // the id of the field with words that came after those sent

function written({ target }) {
  const form = target.closest?.(FORM);
  if (!form || target.name !== "text") return;
  if (target.value.trim() && target.value !== target.defaultValue) keep(form, "text", target.value, form.elements.at_ms?.value ?? "");
  else drop(form, "text");
}

function restore() {
  for (const form of document.querySelectorAll(FORM)) {
    for (const [name, { value, was }] of kept(form)) {
      const field = name === "text" && form.elements.text;
      if (!field || field.value !== field.defaultValue || field.value === value) continue;
      field.value = value;
      form.closest("details")?.setAttribute("open", "");
      if (was) form.dispatchEvent(new CustomEvent("moment", { bubbles: true, detail: { atMs: Number(was) } }));
    }
  }
}

/** Before the answer is placed: what was sent stands on the server. */
function arrived({ detail }) {
  const form = detail.requestConfig?.elt;
  if (!form?.matches?.(FORM) || detail.xhr.status !== 200) return undefined;
  const more = typedSince(form);
  const atMs = form.elements.at_ms?.value ?? "";
  drop(form, "text");
  form.reset();
  form.dispatchEvent(new Event("reset-files", { bubbles: true }));
  if (more) {
    typedOn = form.elements.text.id;
    return keep(form, "text", more, atMs);
  }
  const folded = form.closest("details");
  if (!folded) return undefined;
  folded.open = false;
  folded.querySelector("summary")?.focus({ preventScroll: true });
  return undefined;
}

/** The words after those that were sent; all of them where these were changed. */
function typedSince(form) {
  const { value } = form.elements.text;
  const before = sent.get(form) ?? value;
  return value.startsWith(before) ? value.slice(before.length).trimStart() : value;
}

/** The answer is placed: a field drawn anew takes up the words again, the caret behind them. */
function typeOn() {
  if (!typedOn) return;
  const id = typedOn;
  typedOn = "";
  restore();
  enter(id);
  // The new note takes the focus once htmx has settled.
  setTimeout(() => enter(id), 50);
}

function enter(id) {
  const field = document.getElementById(id);
  if (!field || field === document.activeElement) return;
  field.focus({ preventScroll: true });
  field.setSelectionRange(field.value.length, field.value.length);
}

document.addEventListener("input", written);
document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  if (elt.matches?.(FORM)) sent.set(elt, elt.elements.text.value);
});
document.addEventListener("htmx:afterRequest", typeOn);
document.addEventListener("htmx:beforeSwap", arrived);
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.matches?.("details.reply[open], details.edit[open]")) target.querySelector("textarea")?.focus();
  },
  true,
);
document.addEventListener("keydown", ({ key, target }) => {
  const folded = key === "Escape" && target.closest?.(".thread details[open]");
  if (!folded || (target.matches("textarea") && target.value !== target.defaultValue)) return;
  folded.open = false;
  folded.querySelector("summary")?.focus();
});
restore();
