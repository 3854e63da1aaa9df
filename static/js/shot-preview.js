/* <shot-preview id="preview" src="/storyboards/K/preview/" [under-way] [current]>
     <a class="play" href="/animatics/K/video/" data-bounds="K1=3 K2=2"><svg>…</svg></a><b class="tc">00:00:00</b>
     … <form data-parts><button>Preview</button></form></shot-preview>

   The preview in the dock. While it is under way the server is asked each second how far it is
   (later less often). Whoever asked for it here sees it play as soon as it is drawn. Space plays
   and pauses while nobody types. The film itself is preview-film.js; without scripts the link
   opens it. */

import { film } from "./preview-film.js";
import { swapAll } from "./swap.js";
import { isResting } from "./typing.js";
import { changeIcon, say } from "./words.js";

const SOON = 1000;
const LATER = 5000;
const MANY = 60;

let asked = false;
let times = 0;

class ShotPreview extends HTMLElement {
  #timer = 0;
  #listeners = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("preview", () => this.#draw(), { signal });
    this.#draw();
    if (this.hasAttribute("under-way")) return this.#later();
    times = 0;
    if (!this.hasAttribute("current")) return undefined;
    if (asked) this.#play();
    asked = false;
    return undefined;
  }

  disconnectedCallback() {
    this.#listeners?.abort();
    clearTimeout(this.#timer);
  }

  get #link() {
    return this.querySelector("a.play");
  }

  #play() {
    const { href, dataset } = this.#link;
    film.toggle(href, dataset.bounds);
  }

  #clicked(event) {
    if (event.target.closest("form button")) asked = true;
    const link = event.target.closest("a.play");
    if (!link || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    this.#play();
  }

  #key(event) {
    if (event.key !== " " || event.ctrlKey || event.altKey || event.metaKey || isResting(event.target)) return;
    if (event.target.closest?.("button, a, summary, input, label, video, [role=slider]") || !this.#link) return;
    event.preventDefault();
    this.#play();
  }

  /** The film tells where it is. */
  #draw() {
    const link = this.#link;
    if (!link) return;
    changeIcon(link, film.isPlaying ? "pause" : "play");
    link.setAttribute("aria-label", say(film.isPlaying ? "pausePreview" : "playPreview"));
    this.querySelector(".tc").textContent = film.timecode;
  }

  #later() {
    times += 1;
    this.#timer = setTimeout(() => this.#ask(), times > MANY ? LATER : SOON);
  }

  async #ask() {
    try {
      const response = await fetch(this.getAttribute("src"), {
        headers: { "HX-Request": "true" },
        signal: AbortSignal.timeout(10000),
      });
      if (response.status === 200 && !response.redirected) swapAll(await response.text(), { gently: true });
    } catch {
      // The network is away: asked again.
    }
    if (this.isConnected) this.#later();
  }
}

customElements.define("shot-preview", ShotPreview);
