/* <seam-view> with two figures (a video[data-at] stands at that second) and a button [data-flicker]: where one video ends and the next
   starts, side by side; pressed, in one place, by turns. With reduced motion each press turns. */

const TURN = 600;

class SeamView extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    for (const video of this.querySelectorAll("video[data-at]")) video.currentTime = Number(video.dataset.at);
    const button = this.querySelector("[data-flicker]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => this.#press(button));
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  #press(button) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches && this.dataset.shows !== "2") {
      this.#turn();
      button.setAttribute("aria-pressed", "true");
      return;
    }
    const starts = !this.dataset.shows;
    button.setAttribute("aria-pressed", String(starts));
    clearInterval(this.#timer);
    if (!starts) return void delete this.dataset.shows;
    this.#turn();
    this.#timer = setInterval(() => this.#turn(), TURN);
  }

  #turn() {
    this.dataset.shows = this.dataset.shows === "1" ? "2" : "1";
  }
}

customElements.define("seam-view", SeamView);
