/* The scrubber of a take, used by take-player.js. Markup in .scrub:
     <div class="film"><img src="filmstrip" alt=""><span class="s3"><b>1</b></span>…</div>
     <div class="pins"><a class="pin" href="#note-K" data-at-ms="6417" data-end-ms="7167">…</a></div>
   Makes the film a slider, draws the playhead and the played line, and puts the pins in place;
   pins closer than 24 px gather into a count on the first. */

import { say } from "./words.js";

const APART = 24;
const HALF = 33;

export class Scrubber {
  /** `root` is .scrub; `seek(ms)` is called while the person points at a moment. */
  constructor(root, { durationMs, seek, signal }) {
    this.root = root;
    this.film = root.querySelector(".film");
    this.durationMs = durationMs;
    this.seek = seek;
    this.#asSlider();
    this.#draw();
    this.film.addEventListener("pointerdown", (event) => this.#grab(event), { signal });
    this.film.addEventListener("pointermove", (event) => this.#pull(event), { signal });
    this.watch = new MutationObserver(() => this.placePins());
    this.watch.observe(root, { childList: true });
    this.size = new ResizeObserver(() => this.placePins());
    this.size.observe(this.film);
    signal.addEventListener("abort", () => {
      this.watch.disconnect();
      this.size.disconnect();
    });
  }

  /** Show a moment: `words` is its timecode, `spoken` what a slider says. */
  show(ms, words, spoken) {
    const part = Math.min(1, Math.max(0, ms / this.durationMs));
    const at = part * this.film.clientWidth;
    this.head.style.transform = `translateX(${at}px)`;
    this.head.style.setProperty("--shift", `${inside(at, this.film.clientWidth)}px`);
    this.head.dataset.t = words;
    this.seen.style.transform = `scaleX(${part})`;
    this.film.setAttribute("aria-valuenow", String(Math.round(ms)));
    this.film.setAttribute("aria-valuetext", spoken);
  }

  /** Put every pin above its moment. */
  placePins() {
    this.spans.replaceChildren();
    let shown = null;
    let shownAt = -Infinity;
    for (const pin of this.#pins()) {
      const at = (Number(pin.dataset.atMs) / this.durationMs) * this.film.clientWidth;
      pin.style.left = `${at}px`;
      pin.querySelector(".pin-count")?.remove();
      const close = at - shownAt < APART;
      pin.hidden = close;
      if (close) count(shown);
      else [shown, shownAt] = [pin, at];
      if (pin.dataset.endMs) this.#span(at, Number(pin.dataset.endMs));
    }
  }

  #pins() {
    const pins = [...this.root.querySelectorAll(".pin[data-at-ms]")];
    return pins.sort((one, other) => one.dataset.atMs - other.dataset.atMs);
  }

  #span(at, endMs) {
    const span = document.createElement("span");
    span.className = "span";
    span.style.left = `${at}px`;
    span.style.width = `${(endMs / this.durationMs) * this.film.clientWidth - at}px`;
    this.spans.append(span);
  }

  #asSlider() {
    const values = {
      role: "slider",
      tabindex: "0",
      "aria-label": say("scrubber"),
      "aria-valuemin": "0",
      "aria-valuemax": String(this.durationMs),
      "aria-valuenow": "0",
    };
    for (const [name, value] of Object.entries(values)) this.film.setAttribute(name, value);
  }

  #draw() {
    this.seen = document.createElement("span");
    this.seen.className = "seen";
    this.head = document.createElement("span");
    this.head.className = "ph";
    // A box of its own: what changes inside it does not wake the observer of the pins.
    this.spans = document.createElement("div");
    this.root.append(this.spans, this.seen, this.head);
    this.placePins();
  }

  #grab(event) {
    if (event.button !== 0) return;
    this.film.setPointerCapture(event.pointerId);
    this.#point(event);
  }

  #pull(event) {
    if (this.film.hasPointerCapture(event.pointerId)) this.#point(event);
  }

  #point(event) {
    const box = this.film.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    this.seek(part * this.durationMs);
  }
}

/** How far the timecode under the playhead moves to stay within the film. */
function inside(at, width) {
  return Math.max(0, HALF - at) - Math.max(0, at + HALF - width);
}

function count(pin) {
  const counter = pin.querySelector(".pin-count");
  if (counter) {
    counter.textContent = String(Number(counter.textContent) + 1);
    return;
  }
  const fresh = document.createElement("span");
  fresh.className = "pin-count";
  fresh.textContent = "2";
  pin.append(fresh);
}
