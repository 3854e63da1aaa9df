/* <crop-pad data-ratio="16:9" data-size="…" data-small="…"> with [data-why], a canvas, radio groups
   `shape` and `edge`, a range `zoom` and buttons [data-fit]: a picture cut or padded to a shape.

   The canvas shows what will be sent. Drag or arrow keys move the picture (Shift: farther), the
   wheel, two fingers, + and − or the range zoom: from all of it shown, its edges filled, over just
   filling the frame, to four times that. Nothing is enlarged unless it would be too small. */

import { LEAST, LONGEST, MOST_BYTES, shapeOf } from "./picture-rules.js";

const LONGEST_SIDE = 3840;
const PREVIEW = 960;
const CLOSEST = 4;
const QUALITIES = [0.92, 0.85, 0.75, 0.6];
const KEYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

class CropPad extends HTMLElement {
  #image = null;
  #kind = "image/jpeg";
  #centre = { x: 0, y: 0 };
  #pointers = new Map();
  #frame = 0;

  connectedCallback() {
    const canvas = this.#canvas;
    canvas.addEventListener("pointerdown", (event) => this.#grab(event));
    canvas.addEventListener("pointermove", (event) => this.#drag(event));
    for (const name of ["pointerup", "pointercancel"])
      canvas.addEventListener(name, (event) => this.#pointers.delete(event.pointerId));
    canvas.addEventListener("keydown", (event) => this.#press(event));
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.addEventListener("input", () => this.#changed());
    this.addEventListener("click", (event) => this.#fit(event.target.closest("[data-fit]")));
  }

  disconnectedCallback() {
    cancelAnimationFrame(this.#frame);
  }

  /** Begin with an image; `why` names what is wrong with it, `kind` is the type of its file. */
  begin(image, why, kind) {
    this.#image = image;
    this.#kind = kind;
    const wanted = why === "wanted" || why === "shape" ? this.dataset.ratio : "";
    const shape = this.#radio("shape", wanted) ?? this.#radio("shape", "source");
    shape.checked = true;
    const told = this.querySelector("[data-why]");
    told.textContent = told.dataset[why] ?? "";
    this.#show(50);
    this.#canvas.focus();
  }

  /** The picture as a file of at most 10 MB. */
  async file() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = this.#size();
    this.#draw(canvas);
    const tries = this.#kind === "image/jpeg" ? [] : [["image/png"]];
    for (const [kind, quality] of [...tries, ...QUALITIES.map((each) => ["image/jpeg", each])]) {
      const blob = await new Promise((done) => canvas.toBlob(done, kind, quality));
      if (blob && blob.size <= MOST_BYTES) return new File([blob], `picture.${kind.slice(6)}`, { type: kind });
    }
    return null;
  }

  get #canvas() {
    return this.querySelector("canvas");
  }

  get #zoom() {
    return this.querySelector("input[name=zoom]");
  }

  #radio(name, value) {
    return this.querySelector(`input[name="${name}"][value="${value}"]`);
  }

  #chosen(name) {
    return this.querySelector(`input[name="${name}"]:checked`)?.value ?? "";
  }

  get #whole() {
    return [this.#image.naturalWidth, this.#image.naturalHeight];
  }

  get #ratio() {
    const [width, height] = this.#whole;
    return shapeOf(this.#chosen("shape")) || Math.min(LONGEST, Math.max(1 / LONGEST, width / height));
  }

  /** The frame in pixels of the source: what of it, and around it, is seen. */
  #seen() {
    const [width, height] = this.#whole;
    const all = Math.max(width, height * this.#ratio);
    const full = Math.min(width, height * this.#ratio);
    const zoom = Number(this.#zoom.value) / 50;
    const across = zoom < 1 ? all * (full / all) ** zoom : full / CLOSEST ** (zoom - 1);
    return [across, across / this.#ratio];
  }

  /** What is sent: a pixel of the source a pixel there, within the limits. */
  #size() {
    const [width, height] = this.#seen();
    const short = Math.min(width, height);
    const long = Math.max(width, height);
    const scale = Math.max(LEAST / short, Math.min(1, LONGEST_SIDE / long));
    const least = Math.max(LEAST, Math.round(short * scale));
    const most = Math.max(least, Math.floor(least * Math.max(this.#ratio, 1 / this.#ratio) + 1e-9));
    return width >= height ? [most, least] : [least, most];
  }

  #changed() {
    if (!this.#image) return;
    this.#within();
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#preview());
  }

  #show(zoom) {
    const [width, height] = this.#whole;
    this.#zoom.value = zoom;
    this.#centre = { x: width / 2, y: height / 2 };
    this.#changed();
  }

  /** No edge is seen where the picture fills the frame; all of it is where it does not. */
  #within() {
    const [width, height] = this.#seen();
    const [w, h] = this.#whole;
    const held = (at, seen, whole) =>
      Math.min(Math.max(at, Math.min(seen / 2, whole - seen / 2)), Math.max(seen / 2, whole - seen / 2));
    this.#centre = { x: held(this.#centre.x, width, w), y: held(this.#centre.y, height, h) };
  }

  #preview() {
    const canvas = this.#canvas;
    const [width, height] = this.#size();
    const scale = Math.min(1, PREVIEW / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    this.#draw(canvas);
    const words = Math.round(this.#seen()[0]) < width ? this.dataset.small : this.dataset.size;
    const said = words.replace("{from}", this.#whole.join(" × ")).replace("{to}", [width, height].join(" × "));
    this.querySelector("[data-said]").textContent = said;
  }

  #draw(canvas) {
    const brush = canvas.getContext("2d");
    const [w, h] = this.#whole;
    const scale = canvas.width / this.#seen()[0];
    brush.imageSmoothingQuality = "high";
    this.#edges(brush, canvas);
    const left = canvas.width / 2 - this.#centre.x * scale;
    const top = canvas.height / 2 - this.#centre.y * scale;
    brush.drawImage(this.#image, left, top, w * scale, h * scale);
  }

  /** What is around the picture: a colour, or the picture itself, very small and drawn large. */
  #edges(brush, { width, height }) {
    const edge = this.#chosen("edge");
    brush.fillStyle = edge === "blur" ? "#000" : edge;
    brush.fillRect(0, 0, width, height);
    if (edge !== "blur") return;
    const small = document.createElement("canvas");
    small.width = 24;
    small.height = Math.max(1, Math.round((24 * height) / width));
    const [w, h] = this.#whole;
    const scale = Math.max(small.width / w, small.height / h);
    const drawn = [w * scale, h * scale];
    const soft = small.getContext("2d");
    soft.imageSmoothingQuality = "high";
    soft.drawImage(this.#image, (small.width - drawn[0]) / 2, (small.height - drawn[1]) / 2, ...drawn);
    brush.drawImage(small, 0, 0, width, height);
  }

  #grab(event) {
    this.#canvas.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, event);
  }

  #drag(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before || !this.#image) return;
    const other = [...this.#pointers.values()].find((each) => each.pointerId !== event.pointerId);
    this.#pointers.set(event.pointerId, event);
    if (other) this.#pinch(apart(before, other), apart(event, other));
    const scale = this.#seen()[0] / this.#canvas.clientWidth;
    this.#move((before.clientX - event.clientX) * scale, (before.clientY - event.clientY) * scale);
  }

  #pinch(was, now) {
    if (was > 0) this.#zoomBy(Math.log2(now / was) * 25);
  }

  #wheel(event) {
    if (!this.#image) return;
    event.preventDefault();
    this.#zoomBy(event.deltaY < 0 ? 3 : -3);
  }

  #press(event) {
    if (!this.#image || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = KEYS[event.key];
    const zoom = { "+": 2, "=": 2, "-": -2, "−": -2 }[event.key];
    if (!way && !zoom) return;
    event.preventDefault();
    if (zoom) return this.#zoomBy(zoom);
    const [width, height] = this.#seen();
    const step = event.shiftKey ? 0.1 : 0.02;
    return this.#move(way[0] * width * step, way[1] * height * step);
  }

  #fit(button) {
    if (button && this.#image) this.#show(button.dataset.fit === "cover" ? 50 : 0);
  }

  #zoomBy(steps) {
    this.#zoom.value = Number(this.#zoom.value) + steps;
    this.#changed();
  }

  #move(x, y) {
    this.#centre = { x: this.#centre.x + x, y: this.#centre.y + y };
    this.#changed();
  }
}

function apart(one, other) {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
}

customElements.define("crop-pad", CropPad);
