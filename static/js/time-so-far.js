/* <time-so-far data-since="2026-11-21T14:02:48+00:00" data-bar="bar-K">1:52</time-so-far>
   Counts on from a moment, each second; moves the progress bar of that id along, if there is one. */

const SECOND = 1000;

class TimeSoFar extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.since = Date.parse(this.dataset.since);
    // The server's clock and this one may differ: go on from what the server wrote.
    this.ahead = this.#written() - (Date.now() - this.since);
    this.#timer = setInterval(() => this.#draw(), SECOND);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  #written() {
    const [minutes, seconds] = this.textContent.trim().split(":").map(Number);
    return (minutes * 60 + seconds) * SECOND;
  }

  #draw() {
    const ms = Date.now() - this.since + this.ahead;
    const seconds = Math.max(0, Math.floor(ms / SECOND));
    this.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const bar = document.getElementById(this.dataset.bar);
    if (bar) bar.value = Math.min(ms, bar.max);
  }
}

customElements.define("time-so-far", TimeSoFar);
