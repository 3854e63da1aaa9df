/* The first frame with what is painted on it, on a canvas that can be zoomed and moved.

   The area that is chosen has the one colour of the page, the others are white; the one that
   stands still is hatched, and each carries its number. A pixel of the frame is shown as one pixel
   of `overlay` at most: large frames are painted whole and shown smaller. */

import { MOST_AREAS, STILL } from "./brush-area.js";
import { along } from "./brush-path.js";

const LONGEST = 1600;
const MOST_ZOOM = 16;
const HATCH = 8;
const LABEL = 20;

export class View {
  #canvas;
  #frame;
  #context;
  #overlay;
  #part;
  #asked = 0;
  #cuts = null;

  constructor(canvas, frame, work) {
    this.#canvas = canvas;
    this.#frame = frame;
    this.#context = canvas.getContext("2d");
    this.work = work;
    this.chosen = 1;
    this.cursor = null;
    this.box = null;
    this.kind = "rectangle";
    this.size = 0;
    this.part = null; // of the way, while it plays
    const { width, height } = work.areas;
    this.#part = Math.min(1, LONGEST / Math.max(width, height));
    this.#overlay = new OffscreenCanvas(Math.ceil(width * this.#part), Math.ceil(height * this.#part));
    this.at = { scale: 1, x: 0, y: 0 };
  }

  /** As large as it fits. */
  fit() {
    const { clientWidth, clientHeight } = this.#canvas;
    const { width, height } = this.work.areas;
    const scale = Math.min(clientWidth / width, clientHeight / height) || 1;
    this.at = { scale, x: (clientWidth - width * scale) / 2, y: (clientHeight - height * scale) / 2 };
    this.draw();
  }

  get least() {
    const { width, height } = this.work.areas;
    return Math.min(this.#canvas.clientWidth / width, this.#canvas.clientHeight / height) || 1;
  }

  resized() {
    const ratio = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(this.#canvas.clientWidth * ratio);
    this.#canvas.height = Math.round(this.#canvas.clientHeight * ratio);
    this.fit();
  }

  pan(dx, dy) {
    this.at = { ...this.at, x: this.at.x + dx, y: this.at.y + dy };
    this.#hold();
    this.draw();
  }

  /** Around a place on the screen, or the middle. */
  zoom(by, clientX, clientY) {
    const box = this.#canvas.getBoundingClientRect();
    const [x, y] = clientX === undefined ? [box.width / 2, box.height / 2] : [clientX - box.left, clientY - box.top];
    const scale = Math.min(Math.max(this.at.scale * by, this.least), Math.max(MOST_ZOOM, this.least));
    const grown = scale / this.at.scale;
    this.at = { scale, x: x - (x - this.at.x) * grown, y: y - (y - this.at.y) * grown };
    this.#hold();
    this.draw();
  }

  /** Where on the frame, in its pixels from the top left. */
  frameAt({ clientX, clientY }) {
    const box = this.#canvas.getBoundingClientRect();
    return { x: (clientX - box.left - this.at.x) / this.at.scale, y: (clientY - box.top - this.at.y) / this.at.scale };
  }

  /** A part of the frame is always in sight. */
  #hold() {
    const { clientWidth, clientHeight } = this.#canvas;
    const { width, height } = this.work.areas;
    const held = (at, size, room) => {
      const shown = size * this.at.scale;
      return shown <= room ? (room - shown) / 2 : Math.min(0, Math.max(room - shown, at));
    };
    this.at = { ...this.at, x: held(this.at.x, width, clientWidth), y: held(this.at.y, height, clientHeight) };
  }

  /** What is painted in a box of the frame, anew. */
  repaint(box) {
    const part = this.#part;
    const left = Math.floor(box.left * part);
    const top = Math.floor(box.top * part);
    const wide = Math.min(Math.ceil(box.right * part) + 1, this.#overlay.width) - left;
    const high = Math.min(Math.ceil(box.bottom * part) + 1, this.#overlay.height) - top;
    if (wide <= 0 || high <= 0) return;
    const image = new ImageData(wide, high);
    const { bits, width, height } = this.work.areas;
    const tints = this.#tints();
    for (let y = 0; y < high; y += 1) {
      const row = Math.min(height - 1, Math.floor((top + y) / part)) * width;
      for (let x = 0; x < wide; x += 1) {
        const found = bits[row + Math.min(width - 1, Math.floor((left + x) / part))];
        if (found) image.data.set(this.#tint(found, tints, left + x + top + y), (y * wide + x) * 4);
      }
    }
    this.#overlay.getContext("2d").putImageData(image, left, top);
    this.draw();
  }

  #tint(found, tints, diagonal) {
    const isStill = found === 1 << STILL;
    const [red, green, blue] = found & (1 << this.chosen) ? tints.mark : tints.other;
    if (isStill && diagonal % HATCH < HATCH / 2) return [0, 0, 0, 130];
    return [red, green, blue, found & (1 << this.chosen) ? 150 : 110];
  }

  #tints() {
    const probe = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    probe.fillStyle = this.mark;
    probe.fillRect(0, 0, 1, 1);
    return { mark: probe.getImageData(0, 0, 1, 1).data, other: [255, 255, 255] };
  }

  /** The colour of what is chosen, as the page has it. */
  get mark() {
    return getComputedStyle(this.#canvas).color;
  }

  draw() {
    if (this.#asked) return;
    this.#asked = requestAnimationFrame(() => {
      this.#asked = 0;
      this.#draw();
    });
  }

  stop() {
    cancelAnimationFrame(this.#asked);
  }

  #draw() {
    const context = this.#context;
    const ratio = window.devicePixelRatio || 1;
    const { width, height } = this.work.areas;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.translate(this.at.x, this.at.y);
    context.scale(this.at.scale, this.at.scale);
    context.imageSmoothingEnabled = this.at.scale < 4;
    context.drawImage(this.#frame, 0, 0, width, height);
    if (this.part !== null) return this.#drawMoved(context);
    context.drawImage(this.#overlay, 0, 0, this.#overlay.width / this.#part, this.#overlay.height / this.#part);
    for (const [area, middle] of this.middles ?? []) this.#label(context, middle, area === STILL ? "=" : String(area));
    for (let area = 1; area < MOST_AREAS; area += 1) this.#drawPath(context, area);
    this.#drawTool(context);
    return undefined;
  }

  /** What moves, cut out of the frame, at its place after `part` of the way. */
  #drawMoved(context) {
    this.#cuts ??= this.#cut();
    const { width, height } = this.work.areas;
    context.globalAlpha = 0.7;
    for (const { hole } of this.#cuts) context.drawImage(hole, 0, 0, width, height);
    context.globalAlpha = 1;
    for (const { piece, points } of this.#cuts) {
      const [x, y] = along(points, this.part);
      context.drawImage(piece, x - points[0][0], points[0][1] - y, width, height);
    }
  }

  /** After a pass is over, what was painted since counts for the next. */
  played() {
    this.part = null;
    this.#cuts = null;
    this.draw();
  }

  #cut() {
    const moving = Array.from({ length: MOST_AREAS - 1 }, (_none, n) => n + 1);
    return moving.filter((area) => this.work.points[area].length > 1).map((area) => {
      const hole = this.#maskOf(area);
      const piece = new OffscreenCanvas(hole.width, hole.height);
      const context = piece.getContext("2d");
      context.drawImage(this.#frame, 0, 0, hole.width, hole.height);
      context.globalCompositeOperation = "destination-in";
      context.drawImage(hole, 0, 0);
      return { hole, piece, points: this.work.points[area] };
    });
  }

  #maskOf(area) {
    const { width, height } = this.#overlay;
    const { bits, width: wide, height: high } = this.work.areas;
    const image = new ImageData(width, height);
    for (let y = 0; y < height; y += 1) {
      const row = Math.min(high - 1, Math.floor(y / this.#part)) * wide;
      for (let x = 0; x < width; x += 1) {
        const at = row + Math.min(wide - 1, Math.floor(x / this.#part));
        if (bits[at] & (1 << area)) image.data[(y * width + x) * 4 + 3] = 255;
      }
    }
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  }

  #drawPath(context, area) {
    const points = this.work.points[area].map(([x, y]) => [x, this.work.areas.height - y]);
    if (!points.length) return;
    const isChosen = area === this.chosen;
    const line = new Path2D();
    line.moveTo(...points[0]);
    for (const point of points.slice(1)) line.lineTo(...point);
    this.#outlined(context, line, isChosen ? this.mark : "#fff");
    if (points.length > 1) this.#outlined(context, this.#arrow(points), isChosen ? this.mark : "#fff");
    const dots = isChosen ? points : points.slice(0, 1);
    for (const [n, [x, y]] of dots.entries()) {
      const dot = new Path2D();
      dot.arc(x, y, (n ? 3.5 : 5.5) / this.at.scale, 0, 2 * Math.PI);
      context.fillStyle = n ? "#fff" : isChosen ? this.mark : "#fff";
      context.fill(dot);
      this.#outlined(context, dot, "#000", 1);
    }
  }

  #arrow(points) {
    const [x, y] = points.at(-1);
    const before = points.findLast((each) => each[0] !== x || each[1] !== y) ?? points[0];
    const turned = Math.atan2(y - before[1], x - before[0]);
    const long = 12 / this.at.scale;
    const head = new Path2D();
    for (const side of [-1, 1]) {
      head.moveTo(x, y);
      head.lineTo(x - long * Math.cos(turned + side * 0.5), y - long * Math.sin(turned + side * 0.5));
    }
    return head;
  }

  /** Dark under light, so that it is seen on every picture. */
  #outlined(context, path, colour, width = 2) {
    context.lineJoin = context.lineCap = "round";
    context.strokeStyle = "rgb(0 0 0 / .75)";
    context.lineWidth = (width + 2) / this.at.scale;
    context.stroke(path);
    context.strokeStyle = colour;
    context.lineWidth = width / this.at.scale;
    context.stroke(path);
  }

  #label(context, { x, y }, words) {
    const size = LABEL / this.at.scale;
    context.fillStyle = "rgb(0 0 0 / .8)";
    context.fillRect(x - size / 2, y - size / 2, size, size);
    context.fillStyle = "#fff";
    context.font = `600 ${12 / this.at.scale}px Geist, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(words, x, y + 0.5 / this.at.scale);
  }

  #drawTool(context) {
    const tool = new Path2D();
    if (this.box && this.kind === "ellipse") {
      const [wide, high] = [(this.box.right - this.box.left) / 2, (this.box.bottom - this.box.top) / 2];
      tool.ellipse(this.box.left + wide, this.box.top + high, wide, high, 0, 0, 2 * Math.PI);
    } else if (this.box) {
      tool.rect(this.box.left, this.box.top, this.box.right - this.box.left, this.box.bottom - this.box.top);
    } else if (this.cursor) {
      const half = this.size / 2;
      if (half) tool.arc(this.cursor.x, this.cursor.y, half, 0, 2 * Math.PI);
      else this.#cross(tool);
    } else return;
    this.#outlined(context, tool, "#fff", 1);
  }

  #cross(tool) {
    const long = 9 / this.at.scale;
    const { x, y } = this.cursor;
    tool.moveTo(x - long, y);
    tool.lineTo(x + long, y);
    tool.moveTo(x, y - long);
    tool.lineTo(x, y + long);
  }
}
