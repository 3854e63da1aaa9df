/* What a take says while it cannot be seen: a ring while it loads, and words where it does not come or
   does not play here; used by take-player.js. */

import { icon, say } from "./words.js";

const PATIENCE = 12_000; // ms without a picture before words say so

export class State {
  #slow = 0;
  words = null;
  retries = false;

  constructor(player, signal) {
    this.player = player;
    this.film = player.film;
    this.box = this.film.parentElement;
    for (const old of this.box.querySelectorAll(":scope > :is(.ring, .state)")) old.remove();
    this.ring = document.createElement("span");
    this.ring.className = "ring";
    this.ring.hidden = true;
    this.film.after(this.ring);
    this.#listen(signal);
    if (this.film.error) this.#failed();
  }

  #listen(signal) {
    const on = (name, act) => this.film.addEventListener(name, act, { signal });
    for (const name of ["seeking", "waiting", "stalled"]) on(name, () => this.#wait());
    for (const name of ["seeked", "playing", "canplay", "loadeddata"]) on(name, () => this.#there());
    // A film whose picture cannot be decoded may load without an error, without a size.
    on("loadedmetadata", () => this.film.videoWidth || this.#cannot("cannotPlay"));
    on("error", () => this.#failed());
    window.addEventListener("online", () => this.words && this.retries && this.#retry(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#slow));
  }

  #wait() {
    if (this.film.readyState > 2) return;
    this.ring.hidden = false;
    clearTimeout(this.#slow);
    this.#slow = setTimeout(() => this.film.readyState > 1 || this.#cannot("cannotLoad"), PATIENCE);
  }

  #there() {
    clearTimeout(this.#slow);
    this.ring.hidden = true;
    if (this.retries && this.film.readyState > 1) this.#clear();
  }

  /** A film that cannot be decoded and one that does not come may fail alike: it is asked for. */
  async #failed() {
    const isHere = () => fetch(this.film.currentSrc, { method: "HEAD" }).then(({ ok }) => ok, () => false);
    const isAway = this.film.error.code === MediaError.MEDIA_ERR_NETWORK || !(await isHere());
    this.#cannot(isAway ? "cannotLoad" : "cannotPlay");
  }

  #cannot(name) {
    clearTimeout(this.#slow);
    this.ring.hidden = true;
    this.#clear();
    this.retries = name === "cannotLoad";
    this.words = document.createElement("div");
    this.words.className = "state";
    this.words.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = say(name);
    this.words.append(icon("badc", "l"), text);
    if (this.retries) this.words.append(this.#again());
    this.#offerDownload();
    this.box.append(this.words);
  }

  #again() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = say("tryAgain");
    button.addEventListener("click", () => this.#retry());
    return button;
  }

  #offerDownload() {
    const download = this.player.querySelector(".player-download");
    if (!download) return;
    download.hidden = false;
    download.classList.add("btn");
    this.words.append(download);
  }

  /** From the frame that stood. */
  #retry() {
    const { frame } = this.player;
    this.#clear();
    this.film.load();
    this.player.toFrame(frame);
    this.#wait();
  }

  #clear() {
    const download = this.words?.querySelector(".player-download");
    if (download) {
      download.hidden = true;
      this.box.append(download);
    }
    this.words?.remove();
    this.words = null;
  }
}
