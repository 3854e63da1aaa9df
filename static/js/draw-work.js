/* The shapes of a drawing that is not sent yet, with what was taken back of it. */

export const MOST_SHAPES = 60;
const MOST_BYTES = 64 * 1024;
const STEPS = 100;

export class Work {
  #past = [];
  #ahead = [];

  constructor(text = "") {
    this.shapes = shapesOf(text);
  }

  /** As the form sends it; "" without a shape. */
  get text() {
    return this.shapes.length ? JSON.stringify(this.shapes) : "";
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#ahead.length > 0;
  }

  /** Why one more shape does not fit: "many", "large", or "" when it does. */
  add(shape) {
    if (this.shapes.length >= MOST_SHAPES) return "many";
    const more = [...this.shapes, shape];
    if (new Blob([JSON.stringify(more)]).size > MOST_BYTES) return "large";
    this.#step(more);
    return "";
  }

  clear() {
    if (this.shapes.length) this.#step([]);
  }

  /** Whether there was something to take back. */
  undo() {
    return this.#turn(this.#past, this.#ahead);
  }

  redo() {
    return this.#turn(this.#ahead, this.#past);
  }

  #step(shapes) {
    this.#past = [...this.#past, this.shapes].slice(-STEPS);
    this.#ahead = [];
    this.shapes = shapes;
  }

  #turn(from, to) {
    if (!from.length) return false;
    to.push(this.shapes);
    this.shapes = from.pop();
    return true;
  }
}

/** What a field holds; words that are no drawing are none. */
function shapesOf(text) {
  try {
    const shapes = JSON.parse(text || "[]");
    return Array.isArray(shapes) ? shapes : [];
  } catch {
    return [];
  }
}
