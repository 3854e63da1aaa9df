/* What stands under the pointer on the scrubber, used by take-player.js: the picture of the
   filmstrip, timecode and shot. For a mouse or a pen; a finger covers it. */

import { say } from "./words.js";

const PARTS = 30; // pictures in the filmstrip

export class Hover {
  /** `root` is .scrub; `tell(ms)` gives the words of a moment: [timecode, shot]. */
  constructor(root, { durationMs, tell, signal }) {
    this.film = root.querySelector(".film");
    this.durationMs = durationMs;
    this.tell = tell;
    root.querySelector(":scope > .peek")?.remove();
    this.#build(root);
    const on = (name, act) => this.film.addEventListener(name, act, { signal });
    on("pointermove", (event) => this.#follow(event));
    on("pointerleave", () => (this.box.hidden = true));
  }

  #build(root) {
    const strip = this.film.querySelector("img");
    this.box = document.createElement("div");
    this.box.className = "peek";
    this.box.hidden = true;
    // The slider says the same in words.
    this.box.setAttribute("aria-hidden", "true");
    this.words = document.createElement("span");
    if (strip) this.box.append(this.#frame(strip));
    this.box.append(this.words);
    root.append(this.box);
  }

  #frame(strip) {
    const frame = document.createElement("div");
    this.strip = document.createElement("img");
    this.strip.src = strip.src;
    this.strip.alt = "";
    frame.className = "peek-frame";
    frame.append(this.strip);
    return frame;
  }

  #follow({ pointerType, clientX }) {
    if (pointerType === "touch") return;
    const { left, width } = this.film.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (clientX - left) / width));
    const [code, shot] = this.tell(part * this.durationMs);
    this.words.textContent = say("peek", { timecode: code, shot });
    this.box.hidden = false;
    this.#turn(part);
    const half = this.box.offsetWidth / 2;
    const at = Math.min(width - half, Math.max(half, part * width));
    this.box.style.transform = `translateX(${at - half}px)`;
  }

  /** The picture of this part of the film; its width is told by the strip itself. */
  #turn(part) {
    if (!this.strip?.naturalWidth) return;
    const each = this.strip.naturalWidth / PARTS;
    const shown = Math.min(PARTS - 1, Math.floor(part * PARTS));
    this.strip.parentElement.style.width = `${each}px`;
    this.strip.style.transform = `translateX(${-shown * each}px)`;
  }
}
