/* <prompt-field data-limit="512" data-count="shot-K-count"><label for="shot-K-prompt">Prompt</label>
   <textarea id="shot-K-prompt" name="prompt">…</textarea></prompt-field>

   The textarea stays the form's field and holds the raw words. A box takes its place, its id, its
   label and its description, and draws tokens as objects (prompt-words.js): Backspace or Delete
   beside one selects it, once more takes it out whole; arrows step over it; it is copied and pasted
   in its raw form. What is typed there arrives in the textarea as if typed there, and what others
   write into the textarea with an input event is drawn. While an input method composes, nothing is
   drawn anew. Ctrl Z goes back within the field as long as there is a step to go.

   Writes "133 of 512" into the output of that id, "9 over 512" in the bad colour past the limit.
   Counts UTF-16 units, as the limit does. Typing on is allowed. */

import { Past } from "./prompt-past.js";
import { close, follow, moved, pressed } from "./prompt-picker.js";
import { clean, draw, offsetOf, read, select, selected, tokenBeside } from "./prompt-words.js";
import { say } from "./words.js";

const LINE = new Set(["insertParagraph", "insertLineBreak"]);
const NOT_HERE = /^(format|insertFrom(Paste|Drop|Yank)|insertHorizontal|insertOrdered|insertUnordered|insertLink)/;

class PromptField extends HTMLElement {
  #field = null;
  #box = null;
  #past = null;
  #range = [0, 0];
  #composing = false;
  #telling = false;
  #listeners = null;

  connectedCallback() {
    this.#field = this.querySelector("textarea");
    if (!this.#field) return;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    if (!this.#box) this.#build();
    this.#listen(signal);
    document.addEventListener("swapped", ({ target }) => target.id === "cast" && this.#recast(), { signal });
    document.addEventListener("selectionchange", () => this.#moved(), { signal });
  }

  disconnectedCallback() {
    if (this.#box === document.activeElement) close();
    this.#listeners?.abort();
  }

  /** The box people write in. */
  get box() {
    return this.#box;
  }

  /** The prompt as it is stored. */
  get raw() {
    return clean(this.#field.value);
  }

  /** Where the selection is, or was last: [from, to], the smaller first. */
  get range() {
    const now = document.activeElement === this.#box && selected(this.#box);
    if (now) this.#range = now;
    return [...this.#range].sort((one, other) => one - other);
  }

  /** Put words in the place of what stands between two offsets; the caret goes behind them. */
  edit(from, to, words, kind = "edit") {
    const raw = this.raw.slice(0, from) + words + this.raw.slice(to);
    this.#show(raw, from + words.length);
    this.#tell(raw, kind);
  }

  /** Put words at the caret, with a space where words touch, and stay in the field. */
  insert(words) {
    const [from, to] = this.range;
    const before = this.raw.slice(0, from);
    const opens = /(^|[.!?。！？]\s*|\n)$/.test(before);
    const spoken = opens ? words[0].toUpperCase() + words.slice(1) : words;
    const gap = /(^|\s)$/.test(before) ? "" : " ";
    const end = /^[\p{L}\p{N}<]/u.test(this.raw.slice(to)) ? " " : "";
    this.focusAt(from);
    this.edit(from, to, gap + spoken + end);
  }

  focusAt(from, to = from) {
    this.#box.focus({ preventScroll: true });
    select(this.#box, from, to);
    this.#range = [from, to];
  }

  #build() {
    const field = this.#field;
    const box = document.createElement("div");
    box.className = "prompt-words";
    box.setAttribute("role", "textbox");
    box.setAttribute("aria-multiline", "true");
    box.setAttribute("aria-placeholder", field.placeholder);
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-haspopup", "listbox");
    box.tabIndex = 0;
    try {
      box.contentEditable = "plaintext-only";
    } catch {
      box.contentEditable = "true"; // older browsers; what is pasted is plain text all the same
    }
    for (const name of ["aria-describedby", "aria-invalid", "autofocus"]) {
      if (field.hasAttribute(name)) box.setAttribute(name, field.getAttribute(name));
      field.removeAttribute(name);
    }
    box.id = field.id;
    field.id += "-raw";
    this.#label(box);
    draw(box, this.raw);
    this.#box = box;
    this.#past = new Past(this.raw);
    const wasFocused = document.activeElement === field;
    field.hidden = true;
    field.after(box);
    this.#range = [this.raw.length, this.raw.length];
    if (wasFocused) this.focusAt(field.selectionStart, field.selectionEnd);
  }

  #label(box) {
    const label = this.querySelector("label");
    if (!label) return;
    label.id = `${box.id}-label`;
    label.removeAttribute("for");
    box.setAttribute("aria-labelledby", label.id);
  }

  #listen(signal) {
    const hear = (name, does) => this.#box.addEventListener(name, (event) => does.call(this, event), { signal });
    hear("beforeinput", this.#asked);
    hear("input", this.#typed);
    hear("keydown", this.#key);
    hear("compositionstart", () => (this.#composing = true));
    hear("compositionend", this.#composed);
    hear("copy", this.#copy);
    hear("cut", this.#copy);
    hear("paste", this.#paste);
    hear("dragstart", (event) => event.preventDefault());
    hear("drop", this.#drop);
    hear("click", this.#clicked);
    hear("focus", () => select(this.#box, ...this.#range));
    hear("blur", close);
    this.#field.addEventListener("input", () => this.#told(), { signal });
  }

  /** Words of the browser's own doing are taken up; the box is put in order unless one composes. */
  #typed(event) {
    event.stopPropagation();
    const raw = clean(read(this.#box));
    this.#moved();
    if (!this.#composing) this.#show(raw, this.#range[1]);
    this.#tell(raw, event.inputType);
  }

  #composed() {
    this.#composing = false;
    this.#show(clean(read(this.#box)), this.#range[1]);
  }

  #show(raw, caret) {
    if (draw(this.#box, raw) || selected(this.#box)?.[1] !== caret) this.#place(caret);
  }

  #place(from, to = from) {
    this.#range = [from, to];
    if (document.activeElement === this.#box) select(this.#box, from, to);
  }

  /** The rest of the page hears it from the form's own field. */
  #tell(raw, kind) {
    this.#past.keep(raw, this.#range[1], kind);
    if (raw !== this.#field.value) {
      this.#field.value = raw;
      this.#telling = true;
      this.#field.dispatchEvent(new Event("input", { bubbles: true }));
      this.#telling = false;
      this.#count();
    }
    follow(this);
  }

  /** Somebody else wrote into the textarea: words kept in this browser, say. */
  #told() {
    if (this.#telling) return;
    this.#show(this.raw, this.raw.length);
    this.#past.keep(this.raw, this.raw.length, "told");
    this.#count();
  }

  /** Names and pictures may be others now. */
  #recast() {
    this.#moved();
    if (!this.#composing && draw(this.#box, this.raw)) this.#place(...this.#range);
  }

  #count() {
    const output = document.getElementById(this.dataset.count);
    const limit = Number(this.dataset.limit);
    const units = this.#field.value.length;
    this.#box.setAttribute("aria-invalid", String(units > limit));
    if (!output) return;
    output.textContent = units > limit ? say("over", { n: units - limit, limit }) : say("count", { n: units, limit });
    output.classList.toggle("over", units > limit);
  }

  #moved() {
    const range = selected(this.#box);
    if (!range || document.activeElement !== this.#box) return this.#mark(null);
    this.#range = range;
    this.#mark(document.getSelection());
    moved(this);
    return undefined;
  }

  /** Objects within the selection are seen to be. */
  #mark(selection) {
    for (const object of this.#box.querySelectorAll(".tok")) {
      const isIn = selection !== null && !selection.isCollapsed && selection.containsNode(object, true);
      object.toggleAttribute("data-selected", isIn);
    }
  }

  #asked(event) {
    if (event.isComposing || this.#composing) return;
    const { inputType } = event;
    const [from, to] = this.range;
    if (inputType === "historyUndo" || inputType === "historyRedo") {
      event.preventDefault();
      this.#step(inputType === "historyUndo" ? -1 : 1);
    } else if (LINE.has(inputType)) this.#instead(event, from, to, "\n");
    else if (NOT_HERE.test(inputType)) event.preventDefault();
    else if (from !== to && inputType.startsWith("delete")) this.#instead(event, from, to, "");
    else if (from !== to && inputType === "insertText") this.#instead(event, from, to, event.data ?? "");
    else if (/^delete(Content|Word)/.test(inputType)) this.#deleting(event, from);
  }

  #instead(event, from, to, words) {
    event.preventDefault();
    this.edit(from, to, words, event.inputType);
  }

  /** The first press selects the object beside the caret. */
  #deleting(event, caret) {
    const way = event.inputType.endsWith("Backward") ? -1 : 1;
    const length = tokenBeside(this.raw, caret, way);
    if (!length) return;
    event.preventDefault();
    this.focusAt(caret, caret + way * length);
    this.#moved();
  }

  #key(event) {
    if (event.isComposing) return;
    if (pressed(event, this)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const letter = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && (letter === "z" || letter === "y")) {
      this.#undo(event, letter === "y" || event.shiftKey ? 1 : -1);
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey) this.#arrow(event);
  }

  #undo(event, way) {
    if (!this.#step(way)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step(way) {
    const step = this.#past.go(way);
    if (!step) return false;
    this.#show(step.words, step.caret);
    this.#tell(step.words, "step");
    return true;
  }

  /** Over an object, and over a line break beside which one may stand, in one step. */
  #arrow(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const range = way && selected(this.#box);
    if (!range || (range[0] !== range[1] && !event.shiftKey)) return;
    const [anchor, caret] = range;
    const next = this.raw[way < 0 ? caret - 1 : caret];
    const length = next === "\n" ? 1 : tokenBeside(this.raw, caret, way);
    if (!length) return;
    event.preventDefault();
    const to = caret + way * length;
    select(this.#box, event.shiftKey ? anchor : to, to);
  }

  #copy(event) {
    const [from, to] = this.range;
    if (from === to) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", this.raw.slice(from, to));
    if (event.type === "cut") this.edit(from, to, "");
  }

  #paste(event) {
    event.preventDefault();
    this.edit(...this.range, clean(event.clipboardData.getData("text/plain")));
  }

  #drop(event) {
    const words = clean(event.dataTransfer.getData("text/plain"));
    if (!words) return;
    event.preventDefault();
    const { clientX, clientY } = event;
    const point = document.caretPositionFromPoint?.(clientX, clientY);
    const at = point && this.#box.contains(point.offsetNode)
      ? offsetOf(this.#box, point.offsetNode, point.offset)
      : this.raw.length;
    this.focusAt(at);
    this.edit(at, at, words);
  }

  #clicked(event) {
    const object = event.target.closest(".tok");
    if (!object) return;
    const from = offsetOf(this.#box, this.#box, [...this.#box.childNodes].indexOf(object));
    this.focusAt(from, from + object.dataset.raw.length);
  }
}

customElements.define("prompt-field", PromptField);
