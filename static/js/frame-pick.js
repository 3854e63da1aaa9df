/* <frame-pick data-rate-num="24" data-rate-den="1"> with a video and a range of its frames: the film
   shows the frame of the range; [data-step] and, in the same form, [data-frame] move it. */

import { timecode } from "./timecode.js";

class FramePick extends HTMLElement {
  #listeners = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    const form = this.closest("form");
    for (const button of form.querySelectorAll("[data-step], [data-frame]")) button.hidden = false;
    form.addEventListener("click", (event) => this.#press(event.target.closest("button")), { signal });
    this.#range.addEventListener("input", () => this.#show(), { signal });
    this.#video.addEventListener("loadedmetadata", () => this.#show(), { signal });
    this.#show();
  }

  disconnectedCallback() {
    this.#listeners?.abort();
  }

  get #range() {
    return this.querySelector("input[type=range]");
  }

  get #video() {
    return this.querySelector("video");
  }

  #press(button) {
    const { frame, step } = button?.dataset ?? {};
    if (frame === undefined && step === undefined) return;
    this.#range.value = frame ?? Number(this.#range.value) + Number(step);
    this.#show();
  }

  /** The middle of the frame, so that rounding never shows its neighbour. */
  #show() {
    const frame = Number(this.#range.value);
    const rate = Number(this.dataset.rateNum) / Number(this.dataset.rateDen);
    this.#video.currentTime = (frame + 0.5) / rate;
    const told = timecode(frame, rate);
    this.querySelector("[data-now]").value = told;
    this.#range.setAttribute("aria-valuetext", told);
  }
}

customElements.define("frame-pick", FramePick);
