/* <draw-board data-width data-height data-composer data-say-…> within the film's box: the tools and
   the drawing that is not sent yet; made by draw-deck.js, fetched when somebody draws.

   The outer <svg class="drawing new"> fills the box of the film as the film itself does, its
   viewBox is the picture: so a point of the picture is the same one in every window. What is drawn
   stands in the composer's hidden field `drawing` (drawn-note.js) until the note is sent; with the
   tools closed it is seen on the frame it was drawn on. Words are the element's data-say-…. */

import { Hand } from "./draw-hand.js";
import { LETTER, STROKE, nodeOf, rounded, simplified } from "./draw-shapes.js";
import { MOST_SHAPES, Work } from "./draw-work.js";
import { frameAt, frameStart, timecode } from "./timecode.js";
import { isTyping } from "./typing.js";

const LEAST = 0.004; // of the picture: a shorter arrow or box was a slip

class DrawBoard extends HTMLElement {
  #listeners = null;
  #begun = null;
  #frame = 0;
  #writing = null;

  connectedCallback() {
    this.player = this.closest("take-player");
    this.size = { width: Number(this.dataset.width), height: Number(this.dataset.height) };
    this.canvas = this.querySelector("svg.new");
    this.bar = this.querySelector(".draw-tools");
    this.field = this.querySelector(".draw-text");
    this.tool = "pen";
    this.colour = "orange";
    this.#listeners = new AbortController();
    this.#dress();
    this.#listen(this.#listeners.signal);
    this.#read();
  }

  disconnectedCallback() {
    this.#listeners.abort();
  }

  get isOpen() {
    return this.classList.contains("on");
  }

  /** Stop the film, on the frame that was drawn on before if there is one, and show the tools. */
  open() {
    this.player.pause();
    if (this.work.shapes.length) this.player.seek(frameStart(this.#frame, this.player.rate));
    else this.#stamp(this.player.frame);
    this.bar.hidden = false;
    this.classList.add("on");
    this.#said("pen");
    this.#tell();
    this.canvas.focus({ preventScroll: true });
  }

  /** The drawing stays with the note that is being written. */
  close() {
    if (!this.isOpen) return;
    this.#dropWords();
    this.#begun = null;
    const within = this.contains(document.activeElement);
    this.bar.hidden = true;
    this.classList.remove("on");
    if (this.work.shapes.length) this.#say("closed");
    this.#tell();
    if (within) document.querySelector("[data-draw]")?.focus();
  }

  #dress() {
    const side = Math.max(this.size.width, this.size.height);
    this.canvas.setAttribute("stroke-width", String(side * STROKE));
    this.canvas.setAttribute("font-size", String(side * LETTER));
  }

  #listen(signal) {
    const inner = this.canvas.querySelector("svg");
    this.hand = new Hand(this.canvas, inner, this.size, this.#hands(), signal);
    const on = (name, act, target = this) => target.addEventListener(name, act, { signal });
    on("click", (event) => this.#press(event));
    on("submit", (event) => this.#byNumbers(event));
    on("keydown", (event) => this.#write(event), this.field);
    on("blur", () => this.#keepWords(), this.field);
    on("keydown", (event) => this.#key(event), window);
    on("frame", ({ detail }) => this.#moved(detail), this.player);
    on("change", (event) => this.#changed(event), document);
    for (const name of ["swapped", "htmx:afterSettle"]) on(name, () => this.#again(), document);
  }

  #hands() {
    return {
      tool: () => this.tool,
      busy: () => this.#begun !== null,
      start: (point) => this.#start(point),
      move: (point) => this.#move(point),
      end: () => this.#end(),
      cancel: () => this.#cancel(),
      words: (point) => this.#askWords(point),
      back: () => this.#turn("undo"),
      crossed: () => this.#draw(),
      say: (name, values) => this.#say(name, values),
    };
  }

  // Shapes

  #start(point) {
    this.#begun = [rounded(point)];
    this.#draw();
  }

  #move(point) {
    if (!this.#begun) return;
    if (this.tool === "pen") this.#begun.push(rounded(point));
    else this.#begun[1] = rounded(point);
    this.#draw();
  }

  #end() {
    const points = this.#begun ?? [];
    this.#begun = null;
    const line = this.tool === "pen" && points.length > 1 ? simplified(points, this.size) : points;
    if (line.length > 1 && (this.tool === "pen" || far(line))) this.#add(line);
    else this.#draw();
  }

  #cancel() {
    this.#begun = null;
    this.#say("cancelled");
    this.#draw();
  }

  #add(points, words = "") {
    const refused = this.work.add({ tool: this.tool, colour: this.colour, points, words });
    if (refused) this.#say(refused, { n: MOST_SHAPES });
    else this.#store("drawn");
    this.#draw();
  }

  #turn(way) {
    const done = this.work[way]();
    if (done) this.#store(way === "undo" ? "undone" : "redone");
    else this.#say("nothing");
    this.#draw();
  }

  #clear() {
    this.work.clear();
    this.#store("cleared");
    this.#draw();
  }

  // Words on the picture

  #askWords(point) {
    this.#writing = rounded(point);
    const place = this.hand.inWindow(point);
    const box = this.parentElement.getBoundingClientRect();
    this.field.hidden = false;
    const left = Math.min(place.x - box.left, box.width - this.field.offsetWidth - 4);
    const top = Math.min(place.y - box.top, box.height - this.field.offsetHeight - 4);
    this.field.style.left = `${Math.max(4, left)}px`;
    this.field.style.top = `${Math.max(4, top)}px`;
    this.field.value = "";
    this.field.focus();
  }

  #write(event) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") this.field.value = "";
    this.#keepWords();
    this.canvas.focus({ preventScroll: true });
  }

  #keepWords() {
    const words = this.field.value.trim().replace(/\s+/g, " ");
    const point = this.#writing;
    this.#dropWords();
    if (!words || !point) return;
    const { tool } = this;
    this.tool = "text";
    this.#add([point], words);
    this.tool = tool;
  }

  #dropWords() {
    this.#writing = null;
    this.field.value = "";
    this.field.hidden = true;
  }

  // Buttons and keys

  #press({ target }) {
    const button = target.closest("button");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const { tool, colour, do: act } = button.dataset;
    if (tool) this.#choose("tool", tool);
    if (colour) this.#choose("colour", colour);
    if (colour) this.#unfold(this.bar.querySelector("[data-do=colours]"));
    if (act === "colours" || act === "numbers") this.#unfold(button);
    if (act === "undo" || act === "redo") this.#turn(act);
    if (act === "clear") this.#clear();
    if (act === "close") this.close();
  }

  #choose(kind, value) {
    this[kind] = value;
    this.#begun = null;
    for (const each of this.bar.querySelectorAll(`[data-${kind}]`)) {
      each.setAttribute("aria-pressed", String(each.dataset[kind] === value));
    }
    if (kind === "tool") this.#said(value);
    else this.bar.querySelector("[data-do=colours] .draw-dot").setAttribute("class", `draw-dot c-${value}`);
    for (const each of this.bar.querySelectorAll("[data-second]")) each.hidden = this.tool === "text";
  }

  #unfold(button) {
    const part = document.getElementById(button.getAttribute("aria-controls"));
    part.hidden = !part.hidden;
    button.setAttribute("aria-expanded", String(!part.hidden));
    (part.hidden ? button : part.querySelector("input, [aria-pressed=true]")).focus();
  }

  #byNumbers(event) {
    event.preventDefault();
    const given = (name) => event.target.elements[name].valueAsNumber / 100;
    const start = rounded([given("x1"), given("y1")]);
    if (this.tool === "text") this.#askWords(start);
    else this.#add([start, rounded([given("x2"), given("y2")])]);
  }

  /** Before anything else that takes these keys; a field keeps its own undo. */
  #key(event) {
    if (!this.isOpen) return;
    const isField = isTyping(event.target);
    if (event.key === "Escape" && !isField) this.#escape(event);
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !isField) {
      event.preventDefault();
      this.#turn(event.shiftKey ? "redo" : "undo");
    }
  }

  #escape(event) {
    event.preventDefault();
    if (this.#begun) this.#cancel();
    else this.close();
  }

  // The film and the composer

  #moved({ frame, isPlaying }) {
    this.#place();
    if (!this.isOpen || frame === this.#frame || this.player.film.seeking) return;
    if (this.work.shapes.length || isPlaying) this.close();
    else this.#stamp(frame);
  }

  /** The note is about this frame (note-stamp.js hears it). */
  #stamp(frame) {
    this.#frame = frame;
    const { rate } = this.player;
    const detail = { atMs: frameStart(frame, rate), words: timecode(frame, rate) };
    this.dispatchEvent(new CustomEvent("draw-frame", { bubbles: true, detail }));
    this.#place();
  }

  get #holder() {
    return document.getElementById(this.dataset.composer)?.querySelector("drawn-note");
  }

  #store(said) {
    this.#say(said, { n: this.work.shapes.length });
    const holder = this.#holder;
    if (!holder) return;
    holder.put(this.work.text, frameStart(this.#frame, this.player.rate));
  }

  /** Removed in the composer, or brought back from an earlier visit. */
  #changed({ target }) {
    if (target !== this.#holder?.field || target.value === this.work.text) return;
    this.#read();
  }

  /** A composer drawn anew: sent, it holds nothing; refused, the same drawing. */
  #again() {
    if (!this.work || (this.#holder?.field.value ?? "") === this.work.text) return;
    this.#read();
    if (!this.work.shapes.length) this.close();
  }

  #read() {
    const holder = this.#holder;
    this.work = new Work(holder?.field.value);
    if (this.work.shapes.length) this.#frame = frameAt(holder.atMs, this.player.rate);
    this.#draw();
  }

  // What is seen

  #draw() {
    const shapes = [...this.work.shapes];
    if (this.#begun?.length > 1) {
      shapes.push({ tool: this.tool, colour: this.colour, points: this.#begun, words: "" });
    }
    this.canvas.querySelector("[data-shapes]").replaceChildren(...shapes.map((each) => nodeOf(each, this.size)));
    this.canvas.querySelector("[data-cross]").setAttribute("d", this.#cross());
    const able = { undo: this.work.canUndo, redo: this.work.canRedo, clear: this.work.shapes.length > 0 };
    for (const [name, can] of Object.entries(able)) {
      this.bar.querySelector(`[data-do=${name}]`).setAttribute("aria-disabled", String(!can));
    }
    this.#place();
  }

  /** Closed, the drawing is seen on its own frame, and not while the film plays. */
  #place() {
    const stands = this.player.frame === this.#frame && this.player.film.paused;
    this.canvas.classList.toggle("away", !this.isOpen && !stands);
  }

  #cross() {
    const { width, height } = this.size;
    const [x, y] = [this.hand.cross[0] * width, this.hand.cross[1] * height];
    const arm = Math.max(width, height) / 48;
    return `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}`;
  }

  #tell() {
    this.#place();
    this.dispatchEvent(new CustomEvent("draw-turn", { bubbles: true, detail: { isOpen: this.isOpen } }));
  }

  #said(tool) {
    this.#say(this.isOpen ? (tool ?? this.tool) : "closed");
  }

  #say(name, values = {}) {
    const said = this.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
    this.querySelector("[data-draw-said]").textContent = said.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }
}

function far([[left, top], [right, bottom]]) {
  return Math.abs(left - right) + Math.abs(top - bottom) > LEAST;
}

customElements.define("draw-board", DrawBoard);
