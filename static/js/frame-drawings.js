/* <frame-drawings> over the film: the drawings of the notes that are listed, each on its frame. A
   note holds its own as <svg class="drawing" data-at-ms [data-end-ms]>; here stand copies of
   those of the frame that is shown: of the current note alone if it has one there, else of all.
   While the film plays only those of a range. */

import { frameAt } from "./timecode.js";

class FrameDrawings extends HTMLElement {
  #listeners = null;
  #shown = [];

  connectedCallback() {
    this.player = this.closest("take-player");
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    for (const name of ["frame", "play", "pause"]) this.player.addEventListener(name, () => this.#draw(), { signal, capture: true });
    for (const name of ["swapped", "htmx:afterSettle"]) document.addEventListener(name, () => this.#draw(), { signal });
    // What was pressed may have made another note the current one.
    document.addEventListener("click", () => setTimeout(() => this.#draw()), { signal });
    // The film may stand on its frame already.
    setTimeout(() => this.isConnected && this.#draw());
  }

  disconnectedCallback() {
    this.#listeners.abort();
  }

  /** The keys of the notes whose drawings are seen. */
  get notes() {
    return this.#shown.map((drawing) => drawing.dataset.note);
  }

  #draw() {
    const standing = [...document.querySelectorAll(".note svg.drawing")].filter((each) => this.#stands(each));
    const current = standing.filter((each) => each.closest(".note").matches(".on"));
    const shown = current.length ? current : standing;
    if (shown.length === this.#shown.length && shown.every((each, at) => each === this.#shown[at])) return;
    this.#shown = shown;
    this.replaceChildren(...shown.map(copyOf));
    this.classList.toggle("many", shown.length > 1);
  }

  #stands({ dataset: { atMs, endMs } }) {
    const { film, frame, rate } = this.player;
    if (!film || (!film.paused && !endMs)) return false;
    const first = frameAt(Number(atMs), rate);
    const after = endMs ? Math.max(first + 1, frameAt(Number(endMs), rate)) : first + 1;
    return first <= frame && frame < after;
  }
}

function copyOf(drawing) {
  const copy = drawing.cloneNode(true);
  copy.removeAttribute("id");
  return copy;
}

customElements.define("frame-drawings", FrameDrawings);
