/* How a shape is made on the picture, by pointer or by the keys of the focused canvas.
   `on` has: tool(), start(point), move(point), end(), cancel(), words(point), back(), say(name,
   values), crossed(): the cross moved, and busy(): whether a shape is begun. Points are in parts of the picture. */

const STEP = 0.01;
const LONG = 0.05;
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Hand {
  #on;
  #down = null;

  /** `canvas` is the outer drawing, `inner` the one that lies exactly over the picture. */
  constructor(canvas, inner, size, on, signal) {
    Object.assign(this, { canvas, inner, size });
    this.#on = on;
    this.cross = [0.5, 0.5];
    const listen = (name, act) => canvas.addEventListener(name, act, { signal });
    listen("pointerdown", (event) => this.#begin(event));
    listen("pointermove", (event) => this.#follow(event));
    listen("pointerup", (event) => this.#leave(event));
    listen("pointercancel", () => this.#drop());
    listen("keydown", (event) => this.#key(event));
  }

  /** A point of the picture as it lies in the window, in CSS pixels. */
  inWindow([x, y]) {
    const { width, height } = this.size;
    return new DOMPoint(x * width, y * height).matrixTransform(this.inner.getScreenCTM());
  }

  #at(event) {
    const { width, height } = this.size;
    const there = new DOMPoint(event.clientX, event.clientY);
    const { x, y } = there.matrixTransform(this.inner.getScreenCTM().inverse());
    return [x / width, y / height];
  }

  #begin(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    // A second finger draws nothing, and takes back what the first began.
    if (this.#down !== null) return this.#drop();
    const point = this.#at(event);
    if (point.some((part) => part < 0 || part > 1)) return;
    if (this.#on.tool() === "text") return this.#on.words(point);
    this.canvas.setPointerCapture(event.pointerId);
    this.#down = event.pointerId;
    this.#on.start(point);
  }

  #follow(event) {
    if (event.pointerId !== this.#down) return;
    for (const each of event.getCoalescedEvents?.() ?? []) this.#on.move(this.#at(each));
    this.#on.move(this.#at(event));
  }

  #leave(event) {
    if (event.pointerId !== this.#down) return;
    this.#down = null;
    this.#on.move(this.#at(event));
    this.#on.end();
  }

  #drop() {
    this.#down = null;
    this.#on.cancel();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS[event.key];
    if (way) this.#step(way, event.shiftKey ? LONG : STEP);
    else if (event.key === "Enter") this.#press();
    else if (event.key === "Backspace" || event.key === "Delete") this.#on.back();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step([across, down], far) {
    this.cross = [this.cross[0] + across * far, this.cross[1] + down * far].map((part) => Math.min(1, Math.max(0, part)));
    if (this.#on.busy()) this.#on.move(this.cross);
    this.#on.crossed();
    this.#on.say("cross", this.spoken());
  }

  #press() {
    if (this.#on.tool() === "text") return this.#on.words(this.cross);
    if (this.#on.busy()) return this.#on.end();
    this.#on.start(this.cross);
    return this.#on.say("begun", this.spoken());
  }

  /** The cross in per cent of the picture. */
  spoken() {
    const [x, y] = this.cross.map((part) => Math.round(part * 100));
    return { x, y };
  }
}
