/* Put parts of an answer into the page.

   An answer is a row of elements, each with the id of what it replaces:
     <section id="gate">…</section><article id="shot-K">…</article>
     <li class="toast" data-into="toasts">…</li>      appended to #toasts instead
   Rules:
     - data-keep on the element in the page: it stays.
     - data-by-parts on it: only its parts with ids change, so that the file somebody is choosing
       finds its field again.
     - data-by-rows on it, a list: its children, each with an id, are put in the answer's order: new
       ones come, each that is there is placed by these rules, those that are gone go unless busy.
       Answers of htmx place such a list, and what holds one, in the same way. A row with data-held
       stands for the one that is there with this data-digest (held-rows.js); where it is not,
       "rows:missing" asks for all of them.
     - An element is busy while it holds what is being pressed, the focused field, a field with unsent words
       (data-unsent; data-own-words on a field that no auto-save sends), a started film, a sound that
       plays, an open menu or dialog. A busy element stays; parts of it
       that have ids of their own and are not busy are replaced one by one, and the whole is
       tried again when the field is left.
     - Inputs named was_… say what the words in the fields started from. They change only together
       with those fields: as part of a whole replacement, or by auto-save for what it sent.
     - Scroll positions, the focus on buttons and links and what is unfolded are kept; numbers that
       changed flash. */

import { isField } from "./typing.js";

const waiting = new Map();
let gentle = false;
let pressed = null;
const STARTED = "input[name^='was_']";

/** Place every element of an answer; returns the elements that had no place of their own.

    `gently`: an answer nobody here asked for leaves words of refusal (data-refused) standing. */
export function swapAll(html, { gently = false } = {}) {
  const rest = [];
  gentle = gently;
  for (const fresh of parse(html)) {
    if (fresh.dataset.into) append(fresh);
    else if (!fresh.id || !place(fresh)) rest.push(fresh);
  }
  return rest;
}

/** The top elements of an answer, not yet in the page. */
export function parse(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  return [...box.content.children];
}

/** Try again what was busy. */
export function retry() {
  gentle = true;
  for (const [id, fresh] of [...waiting]) {
    waiting.delete(id);
    if (fresh.id === id) place(fresh);
  }
}

/** Whatever waits for this form is older than what was just saved. */
export function forget(form) {
  for (const id of [...waiting.keys()]) {
    if (document.getElementById(id)?.contains(form)) waiting.delete(id);
  }
}

function append(fresh) {
  const into = document.getElementById(fresh.dataset.into);
  if (!into) return;
  if (fresh.id) document.getElementById(fresh.id)?.remove();
  into.append(fresh);
  announce(fresh);
}

function place(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old) return false;
  if (old.hasAttribute("data-keep") || holdsStarted(old)) return true;
  if (old.hasAttribute("data-by-parts")) {
    patch(old, fresh);
    return true;
  }
  if (old.hasAttribute("data-by-rows")) {
    placeRows(old, fresh);
    return true;
  }
  if (isBusy(old)) {
    waiting.set(fresh.id, fresh);
    delete old.dataset.digest; // it is neither the one nor the other now
    patch(old, fresh);
  } else {
    waiting.delete(fresh.id);
    replace(old, fresh);
  }
  return true;
}

/** The box of was_… inputs itself; a card around it and its fields is replaced whole. */
function holdsStarted(element) {
  return element.matches(`:has(> ${STARTED})`);
}

function isBusy(element) {
  const focused = document.activeElement;
  if (focused && isField(focused) && element.contains(focused)) return true;
  if (pressed && element.contains(pressed)) return true;
  if (element.querySelector("[data-unsent], dialog[open], details.confirm[open], .menu:popover-open")) return true;
  if (element.matches("[data-unsent], dialog[open], details.confirm[open], .menu:popover-open")) return true;
  if (gentle && (element.matches("[data-refused]") || element.querySelector("[data-refused]"))) return true;
  const own = [...element.querySelectorAll("[data-own-words]")];
  if (own.some((field) => field.value !== field.defaultValue)) return true;
  return [element, ...element.querySelectorAll("video, audio")].some(
    (media) => media instanceof HTMLMediaElement && (!media.paused || (media.currentTime > 0 && media.matches("video"))),
  );
}

/** Replace the topmost parts with ids inside a busy element, and leave the rest. */
function patch(old, fresh) {
  for (const part of [...fresh.querySelectorAll("[id]")]) {
    if (part.parentElement.closest("[id]") !== fresh && !isReached(part, fresh)) continue;
    const there = document.getElementById(part.id);
    if (!there || !old.contains(there) || there === old) continue;
    if (isField(there)) adapt(there, part);
    if (isField(there) || there.matches("[data-keep], [data-by-parts]") || holdsStarted(there)) continue;
    if (there.matches("[data-by-rows]")) {
      placeRows(there, part.cloneNode(true));
      continue;
    }
    // Replacing what has the focus is a focusout, after which all of this is tried again.
    if (isBusy(there) || there.isEqualNode(part)) continue;
    replace(there, part.cloneNode(true));
  }
}

/** The rows of a list in the answer's order. */
function placeRows(old, fresh) {
  const wanted = [...fresh.children];
  const ids = new Set(wanted.map(({ id }) => id));
  for (const row of [...old.children]) if (!ids.has(row.id) && !isBusy(row)) dropRow(row);
  let last = null;
  let isMissing = false;
  for (const row of wanted) {
    const there = rowOf(old, row.id);
    if (row.dataset.held) {
      if (there?.dataset.digest !== row.dataset.held) isMissing = true;
      if (!there) continue;
    } else if (!there) insertRow(old, last, row);
    else if (!isSame(there, row)) place(row);
    const now = rowOf(old, row.id);
    if (there && last && !(last.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING)) last.after(now);
    last = now;
  }
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  if (isMissing) document.dispatchEvent(new CustomEvent("rows:missing"));
}

function rowOf(list, id) {
  return [...list.children].find((row) => row.id === id) ?? null;
}

function insertRow(list, last, row) {
  if (last) last.after(row);
  else list.prepend(row);
  announce(row);
}

/** Whoever stood on a row that goes stands on the one that takes its place. */
function dropRow(row) {
  const next = row.contains(document.activeElement) && (row.nextElementSibling ?? row.previousElementSibling);
  const above = row.parentElement.closest("[tabindex]");
  row.remove();
  if (next !== false) (next?.querySelector("[tabindex]") ?? above)?.focus({ preventScroll: true });
}

/** Drawn as it stands there; the token in each form is another every time. */
function isSame(there, fresh) {
  const bare = (row) => row.outerHTML.replace(/name="csrfmiddlewaretoken" value="\w+"/g, "");
  return bare(there) === bare(fresh);
}

/** A field that stays is as usable as the answer says, unless somebody is in it. */
function adapt(field, fresh) {
  if ("disabled" in field && field !== document.activeElement) field.disabled = fresh.disabled;
}

/** Every element with an id between a part and the whole was busy, so the part is on its own. */
function isReached(part, fresh) {
  for (let above = part.parentElement.closest("[id]"); above && above !== fresh; ) {
    const there = document.getElementById(above.id);
    if (there?.hasAttribute("data-by-rows")) return false;
    if (there && !there.hasAttribute("data-by-parts") && !isBusy(there)) return false;
    above = above.parentElement.closest("[id]");
  }
  return true;
}

function replace(old, fresh) {
  const back = rememberFocus(old);
  const scrolls = rememberScrolls(old);
  const reopen = rememberOpen(old);
  flashChanges(old, fresh);
  old.replaceWith(fresh);
  reopen();
  scrolls();
  back(fresh);
  announce(fresh);
}

function announce(fresh) {
  window.htmx?.process(fresh);
  fresh.dispatchEvent(new CustomEvent("swapped", { bubbles: true }));
}

/** A button or link keeps the focus: the same one by id, else by what it is called. */
function rememberFocus(old) {
  const focused = document.activeElement;
  if (!focused || focused === document.body || !old.contains(focused)) return () => {};
  const name = focused.getAttribute("aria-label") ?? focused.textContent.trim();
  const { id, localName } = focused;
  return (fresh) => {
    const same =
      (id && document.getElementById(id)) ||
      [...fresh.querySelectorAll(localName)].find(
        (each) => (each.getAttribute("aria-label") ?? each.textContent.trim()) === name,
      );
    (same ?? fresh.closest("[tabindex]") ?? fresh).focus?.({ preventScroll: true });
  };
}

function rememberScrolls(old) {
  const kept = [old, ...old.querySelectorAll("[id]")]
    .filter((each) => each.id && (each.scrollTop || each.scrollLeft))
    .map((each) => [each.id, each.scrollTop, each.scrollLeft]);
  return () => {
    for (const [id, top, left] of kept) document.getElementById(id)?.scrollTo(left, top);
  };
}

/** What somebody unfolded stays unfolded. */
function rememberOpen(old) {
  const open = [old, ...old.querySelectorAll("details")].filter((each) => each.matches("details[open][id]"));
  const ids = open.map((each) => each.id);
  return () => {
    for (const id of ids) document.getElementById(id)?.setAttribute("open", "");
  };
}

function flashChanges(old, fresh) {
  for (const number of [fresh, ...fresh.querySelectorAll(".num[id]")]) {
    if (!number.matches(".num[id]")) continue;
    const before = old.id === number.id ? old : old.querySelector(`#${CSS.escape(number.id)}`);
    if (!before || before.textContent === number.textContent) continue;
    number.classList.add("flash");
    number.addEventListener("animationend", () => number.classList.remove("flash"), { once: true });
  }
}

document.addEventListener("focusout", () => setTimeout(retry));

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (!event.target.matches("[data-by-rows], :has(> [data-by-rows])")) return;
  event.preventDefault();
  place(event.detail.fragment.firstElementChild);
});

// A press ends on what it began on, or the browser makes no click of it.
document.addEventListener("pointerdown", (event) => (pressed = event.target), true);
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => setTimeout(released), true);
}

function released() {
  pressed = null;
  retry();
}
