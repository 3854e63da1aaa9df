/* <brush-board data-key data-width data-height data-was …><form>…</form></brush-board>

   The motion brush. Without scripts the form takes mask files and points as lines; here they are
   painted on the first frame and put into the same fields when the form is sent: for each area
   `mask_<n>` a PNG where it changed, `points_<n>` its points, `remove_<n>` where it is empty now.
   Words for people are the element's own data-say-… attributes. */

import { MOST_AREAS, STILL } from "./brush-area.js";
import { fetchPicture, readMask, writtenMask } from "./brush-files.js";
import { Panel } from "./brush-panel.js";
import { inside, read, written } from "./brush-path.js";
import { play } from "./brush-play.js";
import { TOOLS, Tools } from "./brush-tools.js";
import { View } from "./brush-view.js";
import { Work, forgetWork, keptWork } from "./brush-work.js";
import { toast } from "./toast.js";

const MOST_BYTES = 10 * 1024 * 1024;
const LETTERS = { b: "brush", e: "eraser", r: "rectangle", o: "ellipse", p: "path" };
const GROWS = 1.4;

class BrushBoard extends HTMLElement {
  #listeners = null;
  #stop = null;
  #ready = false;

  connectedCallback() {
    this.#listeners = new AbortController();
    this.form = this.querySelector("form");
    this.#open().catch(() => this.#say("notLoaded"));
  }

  disconnectedCallback() {
    this.#listeners.abort();
    this.#stop?.();
    this.view?.stop();
  }

  async #open() {
    const frame = this.querySelector(".brush-frame");
    await frame.decode();
    this.work = this.#kept();
    const isKept = this.work !== null;
    this.work ??= await this.#stored();
    if (!this.isConnected) return;
    if (this.dataset.clash !== undefined) this.work.was = this.dataset.was;
    this.#start(frame);
    if (isKept && !this.querySelector(".brush-errors > *")) this.#say("kept");
    else if (this.dataset.fitted !== undefined) this.#say("fitted");
  }

  get #size() {
    return { width: Number(this.dataset.width), height: Number(this.dataset.height) };
  }

  /** Unsaved work, on the frame that is there now. */
  #kept() {
    const work = keptWork(this.dataset.key);
    const size = this.#size;
    if (!work || (work.areas.width === size.width && work.areas.height === size.height)) return work;
    return Work.fitted(work, size, work.was);
  }

  /** What is stored: masks of another size than the frame's are stretched to it. */
  async #stored() {
    const size = this.#size;
    const work = new Work(this.dataset.key, size, this.dataset.was);
    const [wide, high] = (this.dataset.fitted ?? `${size.width},${size.height}`).split(",").map(Number);
    for (let area = STILL; area < MOST_AREAS; area += 1) {
      const box = this.#box(area);
      if (box.dataset.mask) work.areas.put(area, readMask(await fetchPicture(box.dataset.mask), size));
      const points = read(box.querySelector("textarea")?.defaultValue ?? "");
      work.points[area] = points.map(([x, y]) => inside([(x * size.width) / wide, (y * size.height) / high], size));
      if (box.dataset.mask && this.dataset.fitted !== undefined) work.painted.add(area);
      if (box.dataset.mask || points.length) work.shown = Math.max(work.shown, area);
    }
    return work;
  }

  #start(frame) {
    const { signal } = this.#listeners;
    const canvas = this.querySelector("canvas");
    this.classList.add("on");
    canvas.parentElement.style.aspectRatio = `${this.dataset.width} / ${this.dataset.height}`;
    this.view = new View(canvas, frame, this.work);
    const on = {
      changed: (kind) => this.#changed(kind),
      say: (name) => this.#say(name),
      words: (name, values) => this.#words(name, values),
      choose: (area) => this.#choose(area),
    };
    this.tools = new Tools(canvas, this.work, this.view, on, signal);
    this.tools.size = Math.max(8, Math.round(Math.max(this.work.areas.width, this.work.areas.height) / 16));
    this.panel = new Panel(this.querySelector(".brush-side"), this.tools, this.view, this.work, on, signal);
    const size = this.querySelector("[data-size]");
    size.max = Math.round(Math.max(this.work.areas.width, this.work.areas.height) / 3);
    size.addEventListener("input", () => this.#sized(size.valueAsNumber), { signal });
    this.querySelector("[data-import]").addEventListener("change", (event) => this.#takeMask(event.target), { signal });
    this.addEventListener("click", (event) => this.#pressed(event), { signal });
    this.addEventListener("change", (event) => this.#toolChosen(event), { signal });
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.form.addEventListener("submit", (event) => this.#submitted(event), { signal });
    const body = this.closest("[data-late-body]");
    body.addEventListener("late-leave", () => this.#left(), { signal });
    body.addEventListener("late-saved", () => forgetWork(this.dataset.key), { signal });
    const seen = new ResizeObserver(() => this.view.resized());
    seen.observe(canvas);
    signal.addEventListener("abort", () => seen.disconnect());
    this.view.resized();
    this.view.repaint(this.work.areas.whole());
    this.#choose(1);
  }

  #box(area) {
    return this.querySelector(`[data-slot="${area}"]`);
  }

  #words(name, values = {}) {
    const said = this.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`] ?? name;
    return said.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }

  #say(name, values = {}) {
    this.querySelector(".brush-said").textContent = this.#words(name, values);
  }

  #choose(area) {
    this.view.chosen = area;
    this.view.repaint(this.work.areas.whole());
    this.#changed("area");
  }

  /** Something of the work or the tools is another now. */
  #changed(kind) {
    if (kind === "paint" || kind === "points") this.#say("unsaved");
    if (kind === "paint" || !this.facts) this.facts = this.work.areas.facts();
    this.view.middles = [...this.facts.entries()].filter(([, fact]) => fact.count);
    this.panel.draw(this.facts);
    this.querySelector("[data-do=undo]").setAttribute("aria-disabled", String(!this.work.canUndo));
    this.querySelector("[data-do=redo]").setAttribute("aria-disabled", String(!this.work.canRedo));
    this.querySelector("[data-do=discard]").hidden = !this.work.isKept;
    this.querySelector("[data-size]").value = this.tools.size;
    if (kind === "cursor") this.#sayCursor();
    this.view.draw();
  }

  #sayCursor() {
    const { x, y } = this.tools.cursor;
    this.#say("cursor", { x: Math.round(x), y: Math.round(this.work.areas.height - y) });
  }

  #sized(size) {
    this.tools.size = size;
    this.tools.show(this.tools.cursor);
  }

  #toolChosen({ target }) {
    if (target.name === "brush_tool") this.#useTool(target.value);
  }

  #useTool(tool) {
    this.querySelector(`[name=brush_tool][value=${tool}]`).checked = true;
    this.tools.choose(tool);
    this.#say(`hint-${tool}`.replace(/-(\w)/, (_all, letter) => letter.toUpperCase()));
    this.#changed("tool");
  }

  #pressed(event) {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    const acts = {
      undo: () => this.#turn(this.work.undo()),
      redo: () => this.#turn(this.work.redo()),
      larger: () => this.view.zoom(GROWS),
      smaller: () => this.view.zoom(1 / GROWS),
      fit: () => this.view.fit(),
      play: () => this.#play(),
      add: () => this.#add(),
      point: () => this.tools.addPoint(this.#middle()),
      paint: () => this.tools.stamp(),
      erase: () => this.tools.stamp({ off: true }),
      clear: () => this.#clear(),
      discard: () => this.#discard(),
    };
    acts[button.dataset.do]();
  }

  #middle() {
    const { width, height } = this.work.areas;
    return this.work.points[this.view.chosen].at(-1) ?? [Math.round(width / 2), Math.round(height / 2)];
  }

  #turn(step) {
    if (!step) return;
    if (step.box) this.view.repaint(step.box);
    this.#changed(step.box ? "paint" : "points");
  }

  #add() {
    this.work.shown = Math.min(this.work.shown + 1, MOST_AREAS - 1);
    this.#choose(this.work.shown);
    this.querySelector(`[data-area="${this.work.shown}"] input`).focus();
  }

  #clear() {
    this.work.begin();
    if (this.work.commit(this.work.areas.clear(this.view.chosen))) this.view.repaint(this.work.areas.whole());
    this.work.setPoints(this.view.chosen, []);
    this.#changed("paint");
  }

  #play() {
    if (this.#stop) return this.#played();
    const moves = this.work.points.some((points, area) => points.length > 1 && this.facts[area].count);
    if (!moves) return this.#say("nothingMoves");
    const show = (part) => {
      this.view.part = part;
      this.view.draw();
    };
    this.querySelector("[data-do=play]").setAttribute("aria-pressed", "true");
    this.#stop = play(show, () => this.#played());
    return undefined;
  }

  #played() {
    this.#stop?.();
    this.#stop = null;
    this.querySelector("[data-do=play]").setAttribute("aria-pressed", "false");
    this.view.played();
  }

  /** A mask made elsewhere becomes the chosen area. */
  async #takeMask(field) {
    const [file] = field.files;
    field.value = "";
    if (!file) return;
    if (file.size > MOST_BYTES) return this.#say("tooLarge", { size: (file.size / 1024 / 1024).toFixed(1) });
    const { width, height } = this.work.areas;
    try {
      const picture = await createImageBitmap(file, { colorSpaceConversion: "none" });
      const found = { w: picture.width, h: picture.height, width, height };
      if (picture.width !== width || picture.height !== height) return this.#say("wrongSize", found);
      const mask = readMask(picture, this.work.areas);
      if (!mask.includes(1)) return this.#say("noWhite");
      this.work.begin();
      this.work.commit(this.work.areas.put(this.view.chosen, mask));
      this.view.repaint(this.work.areas.whole());
      this.#changed("paint");
    } catch {
      this.#say("noPicture");
    }
    return undefined;
  }

  #key(event) {
    const letter = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && ["z", "y"].includes(letter)) {
      this.#turn(letter === "y" || event.shiftKey ? this.work.redo() : this.work.undo());
    } else if (event.target.localName !== "canvas" || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (["+", "=", "-"].includes(event.key)) this.view.zoom(event.key === "-" ? 1 / GROWS : GROWS);
    else if (document.documentElement.dataset.keys === "off") return;
    else if (LETTERS[letter] && TOOLS.includes(LETTERS[letter])) this.#useTool(LETTERS[letter]);
    else if (/^[0-6]$/.test(event.key)) this.#number(Number(event.key));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #number(area) {
    this.work.shown = Math.max(this.work.shown, area);
    this.#choose(area);
  }

  #left() {
    if (this.work.isKept) toast(this.#words("left"), "info");
  }

  async #discard() {
    forgetWork(this.dataset.key);
    this.#listeners.abort();
    this.#listeners = new AbortController();
    this.facts = null;
    await this.#open();
    this.#say("discarded");
  }

  /** The fields are filled first; then the form goes as any other does. */
  async #submitted(event) {
    if (this.#ready) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    if (submitter?.getAttribute("aria-busy") === "true") return;
    submitter?.setAttribute("aria-busy", "true");
    this.#say("saving");
    await this.#fill();
    try {
      if (this.closest("dialog")) this.#sendInDialog(submitter);
      else await this.#sendPage();
    } finally {
      submitter?.removeAttribute("aria-busy");
    }
  }

  #sendInDialog(submitter) {
    this.#ready = true;
    this.form.requestSubmit(submitter);
    this.#ready = false;
    this.#say("unsaved"); // stands there if the answer does not come
  }

  async #sendPage() {
    try {
      const response = await fetch(this.form.action, { method: "POST", body: new FormData(this.form) });
      if (response.redirected && response.ok) {
        forgetWork(this.dataset.key);
        window.location.assign(`${response.url.split("#")[0]}#tile-brush`);
        return;
      }
      const answer = new DOMParser().parseFromString(await response.text(), "text/html");
      const words = answer.querySelector(".brush-errors");
      const board = answer.querySelector("brush-board");
      if (board?.dataset.clash !== undefined) this.form.elements.was.value = this.work.was = board.dataset.was;
      if (words) this.querySelector(".brush-errors").replaceChildren(...words.childNodes);
      this.#say(words ? "refused" : "notSent");
    } catch {
      this.#say("notSent");
    }
  }

  async #fill() {
    this.form.elements.was.value = this.work.was;
    const facts = this.work.areas.facts();
    for (let area = STILL; area < MOST_AREAS; area += 1) {
      const box = this.#box(area);
      const files = new DataTransfer();
      if (this.work.painted.has(area) && facts[area].count) {
        const mask = await writtenMask(this.work.areas, area);
        files.items.add(new File([mask], `mask-${area}.png`, { type: mask.type }));
      }
      box.querySelector("[type=file]").files = files.files;
      const remove = box.querySelector("[type=checkbox]");
      remove.checked = !facts[area].count;
      if (area !== STILL) box.querySelector("textarea").value = written(this.work.points[area]);
    }
  }
}

customElements.define("brush-board", BrushBoard);
