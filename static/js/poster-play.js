/* <poster-play data-stills="/takes/K/stills/1/ /takes/K/stills/2/">
     <div class="frame"><img src="/takes/K/poster/"></div><div class="strip"><span></span>…</div></poster-play>

   Pointing at the link around it, or giving it the focus, shows the take's stills one after the
   other, 0.6 s a shot, and marks the shot in the strip. Leaving brings the poster back. With
   reduced motion, and under a finger, nothing moves. */

const EACH = 600;
const still = matchMedia("(prefers-reduced-motion: reduce)");

class PosterPlay extends HTMLElement {
  #timer = 0;
  #at = 0;
  #frames = null;
  #poster = "";
  #listeners = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    const link = this.closest("a") ?? this;
    link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.#play(), { signal });
    link.addEventListener("pointerleave", () => this.#stop(), { signal });
    link.addEventListener("focus", () => link.matches(":focus-visible") && this.#play(), { signal });
    link.addEventListener("blur", () => this.#stop(), { signal });
    still.addEventListener("change", () => this.#stop(), { signal });
  }

  disconnectedCallback() {
    this.#stop();
    this.#listeners?.abort();
  }

  get #picture() {
    return this.querySelector(".frame > img");
  }

  #play() {
    if (this.#timer || still.matches || !this.#picture) return;
    this.#poster = this.#picture.getAttribute("src");
    this.#frames ??= this.dataset.stills.trim().split(/\s+/).map(load);
    this.#at = 0;
    this.#timer = setInterval(() => this.#next(), EACH);
    this.#show();
  }

  #next() {
    this.#at = (this.#at + 1) % this.#frames.length;
    this.#show();
  }

  #show() {
    const frame = this.#frames[this.#at];
    // One that is not here yet is passed over: the picture before it stays.
    if (frame.complete && frame.naturalWidth && this.#picture) this.#picture.src = frame.src;
    this.#mark(this.#at);
  }

  #stop() {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = 0;
    if (this.#picture) this.#picture.src = this.#poster;
    this.#mark(-1);
  }

  #mark(at) {
    for (const [n, block] of [...this.querySelectorAll(".strip > span")].entries()) {
      block.classList.toggle("on", n === at);
    }
  }
}

function load(address) {
  const picture = new Image();
  picture.src = address;
  return picture;
}

customElements.define("poster-play", PosterPlay);
