/* The tools of the motion brush, by pointer and by keys: brush, eraser, rectangle, ellipse, path.

   Keys on the canvas: arrows move (Shift: further), Alt and arrows size, Enter or Space does it,
   Delete takes it away. */

import { STILL, around, boxOf } from "./brush-area.js";
import { MOST_POINTS, inside, nearest, thinned } from "./brush-path.js";
import { followPointers } from "./brush-pointers.js";

export const TOOLS = ["brush", "eraser", "rectangle", "ellipse", "path"];
const SHAPES = ["rectangle", "ellipse"];
const REACH = 12; // on the screen, to take hold of a point
const APART = 3; // on the screen, between the points of a line drawn by hand
const LEAST_SIDE = 2;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Tools {
  #began = null;

  /** `on` has changed(kind) and say(name). */
  constructor(canvas, work, view, on, signal) {
    Object.assign(this, { work, view, on, tool: "brush", size: 40 });
    const { width, height } = work.areas;
    this.cursor = { x: width / 2, y: height / 2 };
    this.box = boxOf(Math.round(width / 3), Math.round(height / 3), Math.round((width * 2) / 3), Math.round((height * 2) / 3));
    const pointers = {
      start: (event) => this.#start(event),
      move: (event) => this.#move(event),
      end: () => this.#end(),
      cancel: () => this.#cancel(),
      hover: (event) => this.#hover(event),
      pan: (dx, dy) => view.pan(dx, dy),
      zoom: (by, x, y) => view.zoom(by, x, y),
    };
    followPointers(canvas, pointers, signal);
    canvas.addEventListener("keydown", (event) => this.#key(event), { signal });
    canvas.addEventListener("pointerleave", () => this.show(null), { signal });
    canvas.addEventListener("blur", () => this.show(null), { signal });
  }

  get isShape() {
    return SHAPES.includes(this.tool);
  }

  choose(tool) {
    this.tool = tool;
    this.view.kind = tool;
    this.show(null);
  }

  /** Show where the tool is: its outline at the cursor, or the shape's box. */
  show(cursor, box = null) {
    Object.assign(this.view, { cursor, box, size: this.tool === "path" ? 0 : this.size });
    this.view.draw();
  }

  /** Paint the shape's box, or take it away. */
  stamp({ off = false } = {}) {
    this.#paint(() => this.work.areas.shape(this.view.chosen, this.tool, this.box, { off }));
  }

  addPoint(at) {
    const { chosen } = this.view;
    const points = this.work.points[chosen];
    if (chosen === STILL) return this.on.say("noPath");
    if (points.length >= MOST_POINTS) return this.on.say("mostPoints");
    this.work.setPoints(chosen, [...points, at]);
    return this.on.changed("points");
  }

  #paint(change) {
    this.work.begin();
    this.#touch(change());
    this.#commit();
  }

  #touch(box) {
    this.#began = { ...this.#began, box: around(this.#began?.box, box) };
    this.view.repaint(box);
  }

  #commit() {
    const box = this.#began?.box;
    this.#began = null;
    if (box && this.work.commit(box)) this.on.changed("paint");
  }

  #point(at) {
    const { width, height } = this.work.areas;
    return inside([at.x, height - at.y], { width, height });
  }

  #start(event) {
    const at = this.view.frameAt(event);
    this.cursor = at;
    if (this.tool === "path") return this.#startPath(at);
    if (this.isShape) {
      this.#began = { from: at };
      return undefined;
    }
    this.work.begin();
    this.#began = { last: at };
    return this.#dab(at);
  }

  #dab(at) {
    const { chosen } = this.view;
    const off = this.tool === "eraser";
    this.#touch(this.work.areas.line(chosen, this.#began.last ?? at, at, this.size, { off }));
    this.#began.last = at;
    this.show(at);
  }

  #startPath(at) {
    const { chosen } = this.view;
    if (chosen === STILL) return this.on.say("noPath");
    const before = this.work.points[chosen];
    const point = this.#point(at);
    const held = nearest(before, point, REACH / this.view.at.scale);
    if (held < 0 && before.length >= MOST_POINTS) return this.on.say("mostPoints");
    this.#began = { path: before, held, last: at };
    this.work.points[chosen] = held < 0 ? [...before, point] : before;
    return this.view.draw();
  }

  #move(event) {
    const at = this.view.frameAt(event);
    if (!this.#began) return;
    if (this.#began.path) this.#movePath(at);
    else if (this.isShape) this.#drag(at);
    else this.#dab(at);
  }

  #movePath(at) {
    const { chosen } = this.view;
    const { held, last } = this.#began;
    const points = this.work.points[chosen];
    if (held >= 0) this.work.points[chosen] = points.with(held, this.#point(at));
    else {
      if (Math.hypot(at.x - last.x, at.y - last.y) * this.view.at.scale < APART) return;
      this.work.points[chosen] = [...points, this.#point(at)];
    }
    this.#began.last = at;
    this.view.draw();
  }

  #drag(at) {
    const { from } = this.#began;
    this.box = this.#within(
      Math.min(from.x, at.x),
      Math.min(from.y, at.y),
      Math.max(from.x, at.x),
      Math.max(from.y, at.y),
    );
    this.#began.dragged = true;
    this.show(null, this.box);
  }

  #end() {
    const began = this.#began;
    if (!began) return;
    if (began.path) this.#endPath(began.path);
    else if (this.isShape) {
      this.#began = null;
      if (began.dragged) this.stamp();
      this.show(null);
      this.on.changed("box");
    } else this.#commit();
  }

  #endPath(before) {
    const { chosen } = this.view;
    const drawn = this.work.points[chosen];
    this.#began = null;
    this.work.points[chosen] = before;
    this.work.setPoints(chosen, thinned(drawn));
    this.on.changed("points");
  }

  #cancel() {
    const began = this.#began;
    this.#began = null;
    if (began?.path) this.work.points[this.view.chosen] = began.path;
    this.work.cancel();
    this.view.repaint(began?.box ?? this.work.areas.whole());
    this.show(null);
  }

  #hover(event) {
    if (!this.isShape) this.show(this.view.frameAt(event));
  }

  #key(event) {
    const { key, altKey, shiftKey } = event;
    if (event.ctrlKey || event.metaKey) return;
    if (ARROWS[key]) this.#arrow(ARROWS[key], { further: shiftKey, sizes: altKey });
    else if (key === "Enter" || key === " ") this.#act(false);
    else if (key === "Delete" || key === "Backspace") this.#act(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #arrow([x, y], { further, sizes }) {
    const { width, height } = this.work.areas;
    const step = Math.max(1, Math.round(Math.max(width, height) / (further ? 10 : 100)));
    if (sizes && this.isShape) this.#resize(x * step, -y * step);
    else if (sizes) this.#grow((x - y) * step);
    else if (this.isShape) this.#shift(x * step, y * step);
    else {
      this.cursor = { x: clamp(this.cursor.x + x * step, width), y: clamp(this.cursor.y + y * step, height) };
      this.show(this.cursor);
      this.on.changed("cursor");
    }
  }

  #shift(dx, dy) {
    const { width, height } = this.work.areas;
    const { left, top, right, bottom } = this.box;
    const [x, y] = [clamp(left + dx, width - (right - left)), clamp(top + dy, height - (bottom - top))];
    this.setBox(boxOf(x, y, x + right - left, y + bottom - top));
  }

  #resize(dx, dy) {
    const { left, top, right, bottom } = this.box;
    this.setBox(boxOf(left, top, right + dx, bottom + dy));
  }

  /** The shape's box from keys or numbers, kept inside the frame. */
  setBox({ left, top, right, bottom }) {
    this.box = this.#within(left, top, Math.max(right, left + LEAST_SIDE), Math.max(bottom, top + LEAST_SIDE));
    this.show(null, this.box);
    this.on.changed("box");
  }

  #within(left, top, right, bottom) {
    const { width, height } = this.work.areas;
    const at = (value, most) => Math.round(clamp(value, most));
    return boxOf(at(left, width - 1), at(top, height - 1), at(right, width), at(bottom, height));
  }

  #grow(by) {
    this.size = Math.min(Math.max(LEAST_SIDE, this.size + by), Math.max(this.work.areas.width, this.work.areas.height));
    this.show(this.cursor);
    this.on.changed("size");
  }

  #act(off) {
    if (this.isShape) {
      this.stamp({ off });
      return this.show(null, this.box);
    }
    if (this.tool === "path") return off ? this.#dropPoint() : this.addPoint(this.#point(this.cursor));
    const isOff = off || this.tool === "eraser";
    this.#paint(() => this.work.areas.line(this.view.chosen, this.cursor, this.cursor, this.size, { off: isOff }));
    return this.show(this.cursor);
  }

  #dropPoint() {
    const { chosen } = this.view;
    this.work.setPoints(chosen, this.work.points[chosen].slice(0, -1));
    this.on.changed("points");
  }
}

function clamp(value, most) {
  return Math.min(Math.max(0, value), Math.max(0, most));
}
