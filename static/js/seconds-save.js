/* Seconds of shots and the total, saved together.

   Fields: `.shot input[name=seconds]` and #set-total_seconds, each marked data-retimed so that
   auto-save leaves them; what the server has is their defaultValue. Beside them a box with what
   they started from (#shot-K-was, #total-was) and a place for words (#shot-K-seconds-errors,
   #set-total_seconds-errors). <form id="seconds-form" action="…"> says where they go: one post
   with `seconds-K` and `total_seconds` and the `was_…` of each.
   Answers (rows of elements for swap.js): 200 saved; 409 and 422: what was refused stays in its
   field with words beside it; anything else: the stored numbers come back, and a toast. While the
   network or the server is away the numbers stay, are kept in this browser and sent again.
   Fires "retimed" on the document whenever a number changed. */

import { drop, keep, kept } from "./unsent-words.js";
import { forget, parse, retry, swapAll } from "./swap.js";
import { showSaved, showState } from "./save-state.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const PAUSE = 300;
const SLOWEST = 15000;
const refused = new Map();
let timer = 0;
let errors = 0;
let said = false;
let drawn = 0;
let chain = Promise.resolve();

/** The shots' fields in their order: {input, key, name}. */
export function shots() {
  return [...document.querySelectorAll("#board .shot input[name=seconds]")].map(described);
}

/** The total's field, or null on a page that is only read. */
export function total() {
  const input = document.getElementById("set-total_seconds");
  return input ? described(input) : null;
}

/** Show numbers, [[field, seconds], …]; they are sent by `later` or `flush`. */
export function put(pairs) {
  for (const [field, seconds] of pairs) {
    field.input.value = String(seconds);
    mark(field);
  }
  document.dispatchEvent(new CustomEvent("retimed"));
}

/** The person typed a number into this input. */
export function typed(input) {
  mark(described(input));
  document.dispatchEvent(new CustomEvent("retimed"));
}

/** Send what changed when nothing more comes for a while. */
export function later(pause = PAUSE) {
  clearTimeout(timer);
  timer = setTimeout(flush, pause);
}

/** Send what changed, now. */
export function flush() {
  clearTimeout(timer);
  chain = chain.then(send);
  return chain;
}

/** Whether this field holds a number the server does not have. */
export function isUnsent({ input }) {
  return input.value !== input.defaultValue;
}

function described(input) {
  const key = input.closest(".shot")?.id.slice("shot-".length) ?? "";
  return key
    ? { input, key, name: `seconds-${key}`, was: "was_seconds", box: `shot-${key}-was`, words: `shot-${key}-seconds-errors` }
    : { input, key, name: "total_seconds", was: "was_total_seconds", box: "total-was", words: "set-total_seconds-errors" };
}

function fields() {
  return [...shots(), total()].filter(Boolean);
}

function form() {
  return document.getElementById("seconds-form");
}

function mark(field) {
  const unsent = isUnsent(field);
  field.input.toggleAttribute("data-unsent", unsent);
  if (!form()) return;
  if (!unsent) return drop(form(), field.name);
  keep(form(), field.name, field.input.value, started(field)?.value ?? "");
  showState("notSavedYet");
  said = true;
}

/** The input that says what the field started from: here, or in an answer. */
function started(field, among = document) {
  return among.querySelector(`#${CSS.escape(field.box)} input[name="${field.was}"]`);
}

/** Nothing to send: what was changed stands again as it is stored. */
function asItWas() {
  if (said && !document.querySelector("#main [data-unsent], .insp [data-unsent]")) showSaved();
  said = false;
}

async function send() {
  const sent = fields()
    .filter((field) => isUnsent(field) && refused.get(field.name) !== field.input.value)
    .map((field) => ({ ...field, value: field.input.value }));
  if (!sent.length || !form()) return asItWas();
  showState("saving");
  try {
    const response = await post(sent);
    await answered(response, sent);
  } catch {
    tryAgain("notSavedNetwork");
  }
  return undefined;
}

function post(sent) {
  const body = new FormData(form());
  for (const { name, value, ...field } of sent) {
    body.append(name, value);
    body.append(`was_${name}`, started(field)?.value ?? "");
  }
  return fetch(form().action, {
    method: "POST",
    body,
    headers: { "HX-Request": "true", "X-CSRFToken": body.get("csrfmiddlewaretoken") ?? "" },
    signal: AbortSignal.timeout(30000),
  });
}

async function answered(response, sent) {
  const { ok, redirected, status } = response;
  if (status >= 500) return tryAgain("notSavedServer");
  if (status === 401 || redirected) return showState("notSavedSignedOut", { bad: true });
  errors = 0;
  if (ok || status === 409 || status === 422) place(await response.text(), sent, ok);
  else giveBack(sent);
  return undefined;
}

function place(text, sent, ok) {
  const fresh = document.createElement("div");
  fresh.append(...parse(text));
  const left = [];
  for (const field of sent) {
    const theirs = started(field, fresh)?.value;
    const isStored = theirs && theirs !== started(field)?.value;
    if (ok || isStored) settle(field, theirs);
    else left.push(field);
  }
  swapAll(text);
  const standing = left.filter((field) => document.getElementById(field.words)?.hasAttribute("data-refused"));
  for (const field of standing) refused.set(field.name, field.value);
  if (standing.length) showState("notSavedFields", { bad: true });
  if (left.length > standing.length) giveBack(left.filter((field) => !standing.includes(field)));
  retry();
  if (!ok) return;
  if (fields().some(isUnsent)) showState("notSavedYet");
  else showSaved();
  document.dispatchEvent(new CustomEvent("saved"));
}

/** That number is on the server; the field starts from it. */
function settle(field, was) {
  refused.delete(field.name);
  if (field.input.form) forget(field.input.form);
  field.input.defaultValue = field.value;
  if (was && started(field)) started(field).value = was;
  mark(field);
}

/** The numbers were not taken: what is stored comes back. */
function giveBack(sent) {
  put(sent.map((field) => [field, field.input.defaultValue]));
  showState("notSavedGone", { bad: true });
  toast(say("notTimed"), "error");
}

function tryAgain(words) {
  showState(words, { bad: true });
  errors += 1;
  later(Math.min(SLOWEST, 1500 * 2 ** errors));
}

/** Numbers that never arrived, of an earlier visit or under a field that was drawn anew. */
function restore() {
  if (!form()) return;
  const mine = new Map(fields().map((field) => [field.name, field]));
  for (const [name, { value, was }] of kept(form())) {
    const field = mine.get(name);
    if (!field || field.input.defaultValue === value) drop(form(), name);
    else if (field.input.value === value) field.input.setAttribute("data-unsent", "");
    else bringBack(field, value, was);
  }
}

function bringBack(field, value, was) {
  if (was && started(field)) started(field).value = was;
  put([[field, value]]);
  later();
}

/** The stored number is taken instead of the typed one. */
function givenUp(button) {
  const field = fields().find(({ input }) => input.form === button.form && input.name === button.value);
  if (!field) return;
  refused.delete(field.name);
  drop(form(), field.name);
}

/** What auto-save stored to end a conflict is no longer ours to send. */
function ended() {
  for (const field of fields()) {
    if (!isUnsent(field) || field.input.hasAttribute("data-unsent")) continue;
    refused.delete(field.name);
    field.input.defaultValue = field.input.value;
    mark(field);
  }
}

restore();
document.addEventListener("saved", ended);
document.addEventListener("swapped", () => {
  clearTimeout(drawn);
  drawn = setTimeout(restore); // once all of an answer stands
});
document.addEventListener("submit", ({ submitter }) => submitter?.name === "take" && givenUp(submitter), true);
window.addEventListener("online", () => flush());
window.addEventListener("beforeunload", (event) => {
  if (fields().some(isUnsent)) event.preventDefault();
});
