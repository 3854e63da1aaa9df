/* What somebody paints on one storyboard: the areas, their points, and fifty steps to undo. It
   outlives the dialog, so that nothing is lost when that is closed or a save fails; leaving the
   page asks first. */

import { Areas, MOST_AREAS, STILL, boxOf, copied } from "./brush-area.js";
import { inside } from "./brush-path.js";

const MOST_STEPS = 50;
const MOST_BYTES = 64 * 1024 * 1024;
const kept = new Map();

/** The unsaved work on this storyboard, if there is any. */
export function keptWork(key) {
  return kept.get(key) ?? null;
}

export function forgetWork(key) {
  kept.delete(key);
}

export class Work {
  #start = null;
  #past = [];
  #future = [];

  /** `was` is the digest of what the work started from. */
  constructor(key, size, was) {
    this.key = key;
    this.was = was;
    this.areas = new Areas(size.width, size.height);
    this.points = Array.from({ length: MOST_AREAS }, () => []);
    this.shown = 1; // areas that move and are listed
    this.painted = new Set(); // areas whose mask is no longer the stored one
  }

  /** The same work on a frame of another size. */
  static fitted(work, size, was) {
    const fresh = new Work(work.key, size, was);
    const { width, height, bits } = work.areas;
    for (let at = 0; at < fresh.areas.bits.length; at += 1) {
      const x = Math.floor(((at % size.width) * width) / size.width);
      const y = Math.floor((Math.floor(at / size.width) * height) / size.height);
      fresh.areas.bits[at] = bits[y * width + x];
    }
    const fit = ([x, y]) => inside([(x * size.width) / width, (y * size.height) / height], size);
    fresh.points = work.points.map((points) => points.map(fit));
    fresh.shown = work.shown;
    fresh.painted = new Set(fresh.points.keys());
    kept.set(fresh.key, fresh);
    return fresh;
  }

  get isKept() {
    return kept.get(this.key) === this;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** Before pixels change. */
  begin() {
    this.#start = this.areas.bits.slice();
  }

  /** After they changed, somewhere in the box; false where none did. */
  commit(box) {
    const start = this.#start;
    this.#start = null;
    const [least, areas] = this.#changed(start, box);
    if (least.isEmpty) return false;
    this.#keep({ box: least, pixels: [copied(start, this.areas.width, least), this.areas.copy(least)] });
    for (const each of areas) this.painted.add(each);
    return true;
  }

  /** As it was before `begin`, as if nothing had been painted since. */
  cancel() {
    if (this.#start) this.areas.bits.set(this.#start);
    this.#start = null;
  }

  /** Other points for an area; several changes of the same `kind` in a row are one step. */
  setPoints(area, points, kind = "") {
    const before = this.points[area];
    if (JSON.stringify(before) === JSON.stringify(points)) return;
    this.points[area] = points;
    const last = this.#past.at(-1);
    if (kind && last?.kind === kind && last.area === area) last.points[1] = points;
    else this.#keep({ area, kind, points: [before, points] });
  }

  /** Take a step back (or forward again); what changed as {box} or {area}, null without a step. */
  undo() {
    return this.#turn(this.#past, this.#future, 0);
  }

  redo() {
    return this.#turn(this.#future, this.#past, 1);
  }

  #turn(from, to, side) {
    const step = from.pop();
    if (!step) return null;
    to.push(step);
    if (step.box) {
      const before = this.areas.copy(step.box);
      this.areas.restore(step.box, step.pixels[side]);
      this.#mark(before, step.pixels[side]);
    } else {
      this.points[step.area] = step.points[side];
    }
    kept.set(this.key, this);
    return step;
  }

  #mark(before, after) {
    let bits = 0;
    for (let at = 0; at < before.length; at += 1) bits |= before[at] ^ after[at];
    for (let area = STILL; area < MOST_AREAS; area += 1) if (bits & (1 << area)) this.painted.add(area);
  }

  #keep(step) {
    this.#future = [];
    this.#past.push(step);
    const bytes = () => this.#past.reduce((sum, each) => sum + (each.pixels?.[0].length ?? 0) * 2, 0);
    while (this.#past.length > MOST_STEPS || (this.#past.length > 1 && bytes() > MOST_BYTES)) this.#past.shift();
    kept.set(this.key, this);
  }

  /** The least box of changed pixels within a box, and the areas they belong to. */
  #changed(start, box) {
    const { bits, width } = this.areas;
    let [left, top, right, bottom, found] = [box.right, box.bottom, box.left, box.top, 0];
    for (let y = box.top; y < box.bottom; y += 1) {
      for (let x = box.left; x < box.right; x += 1) {
        const at = y * width + x;
        if (bits[at] === start[at]) continue;
        found |= bits[at] ^ start[at];
        left = Math.min(left, x);
        right = Math.max(right, x + 1);
        top = Math.min(top, y);
        bottom = y + 1;
      }
    }
    const areas = Array.from({ length: MOST_AREAS }, (_none, n) => n).filter((n) => found & (1 << n));
    return [boxOf(left, top, right, bottom), areas];
  }
}

window.addEventListener("beforeunload", (event) => {
  if (kept.size) event.preventDefault();
});
