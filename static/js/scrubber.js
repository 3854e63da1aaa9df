/* The scrubber of a take, used by take-player.js. Markup in .scrub:
     <div class="film"><img src="filmstrip" alt=""><span class="s3"><b>1</b></span>…</div>
     <div class="pins">…</div>   see scrub-pins.js
   Makes the film a slider; draws the playhead, the played line and the range. */

import { say } from "./words.js";

const HALF = 33;

export class Scrubber {
  #resumes = false;
  #shown = [0, "", ""];

  /** `root` is .scrub; the player is asked to seek while the person points at a moment. */
  constructor(root, player, signal) {
    this.root = root;
    this.player = player;
    this.film = root.querySelector(".film");
    this.#asSlider();
    this.#draw();
    const on = (name, act) => this.film.addEventListener(name, act, { signal });
    on("pointerdown", (event) => this.#grab(event));
    on("pointermove", (event) => this.#pull(event));
    on("lostpointercapture", () => this.#drop());
    const size = new ResizeObserver(() => this.show(...this.#shown));
    size.observe(this.film);
    signal.addEventListener("abort", () => size.disconnect());
  }

  /** Show a moment: `words` is its timecode, `spoken` what a slider says. */
  show(ms, words, spoken) {
    this.#shown = [ms, words, spoken];
    const part = this.#part(ms);
    const at = part * this.film.clientWidth;
    this.head.style.transform = `translateX(${at}px)`;
    this.head.style.setProperty("--shift", `${inside(at, this.film.clientWidth)}px`);
    this.head.dataset.t = words;
    this.seen.style.transform = `scaleX(${part})`;
    this.film.setAttribute("aria-valuenow", String(Math.round(ms)));
    this.film.setAttribute("aria-valuetext", spoken);
  }

  /** Show a range; an end that is not chosen yet is null. */
  showRange(fromMs, toMs) {
    const isEmpty = fromMs === null && toMs === null;
    this.range.hidden = isEmpty;
    if (isEmpty) return;
    const from = this.#part(fromMs ?? toMs);
    const to = this.#part(toMs ?? fromMs);
    this.range.classList.toggle("no-start", fromMs === null);
    this.range.classList.toggle("no-end", toMs === null);
    this.range.style.left = `${from * 100}%`;
    this.range.style.width = `${(to - from) * 100}%`;
  }

  #part(ms) {
    return Math.min(1, Math.max(0, ms / this.player.durationMs));
  }

  #asSlider() {
    const values = {
      role: "slider",
      tabindex: "0",
      "aria-label": say("scrubber"),
      "aria-valuemin": "0",
      "aria-valuemax": String(this.player.durationMs),
      "aria-valuenow": "0",
    };
    for (const [name, value] of Object.entries(values)) this.film.setAttribute(name, value);
  }

  #draw() {
    for (const old of this.root.querySelectorAll(":scope > :is(.in-out, .seen, .ph)")) old.remove();
    [this.range, this.seen, this.head] = ["in-out", "seen", "ph"].map((css) => {
      const part = document.createElement("span");
      part.className = css;
      return part;
    });
    this.range.hidden = true;
    this.root.append(this.range, this.seen, this.head);
  }

  #grab(event) {
    if (event.button !== 0) return;
    this.#resumes = !this.player.film.paused;
    this.player.pause();
    this.film.setPointerCapture(event.pointerId);
    this.#point(event);
  }

  #pull(event) {
    if (this.film.hasPointerCapture(event.pointerId)) this.#point(event);
  }

  #drop() {
    if (this.#resumes) this.player.play();
    this.#resumes = false;
  }

  #point(event) {
    const box = this.film.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    this.player.seek(part * this.player.durationMs);
  }
}

/** How far the timecode under the playhead moves to stay within the film. */
function inside(at, width) {
  return Math.max(0, HALF - at) - Math.max(0, at + HALF - width);
}
