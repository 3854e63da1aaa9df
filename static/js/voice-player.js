/* <voice-player><button hidden>▶</button><span class="voice-wave" hidden><svg/><svg/>
     <input type="range" max="1000"></span><audio src controls></audio>
     <span class="voice-trouble" hidden></span></voice-player>

   Without scripts the sound keeps the browser's controls. Here it gets a button and its waveform,
   of which the heard part is marked; pointing at it, or its arrow keys, go there. One sound plays
   at a time. */

import { changeIcon } from "./words.js";

const PARTS = 1000;
let heard = null;

class VoicePlayer extends HTMLElement {
  #listeners = null;

  connectedCallback() {
    this.sound = this.querySelector("audio");
    this.button = this.querySelector("button");
    this.wave = this.querySelector(".voice-wave");
    this.range = this.wave.querySelector("input");
    this.#listeners = new AbortController();
    this.#show();
    this.#listen(this.#listeners.signal);
  }

  disconnectedCallback() {
    this.#listeners?.abort();
    this.sound?.pause();
  }

  #show() {
    this.sound.controls = false;
    this.sound.hidden = true;
    this.button.hidden = this.wave.hidden = false;
    this.#draw();
  }

  #listen(signal) {
    this.button.addEventListener("click", () => this.#toggle(), { signal });
    this.range.addEventListener("input", () => this.#goTo(), { signal });
    for (const name of ["play", "pause", "ended"]) {
      this.sound.addEventListener(name, () => this.#turned(), { signal });
    }
    this.sound.addEventListener("timeupdate", () => this.#draw(), { signal });
    this.sound.addEventListener("error", () => this.#failed(true), { signal });
  }

  #toggle() {
    this.#failed(false);
    if (!this.sound.paused) return this.sound.pause();
    if (this.sound.error) this.sound.load();
    return this.sound.play().catch(() => this.#failed(Boolean(this.sound.error)));
  }

  #turned() {
    const plays = !this.sound.paused;
    if (plays && heard && heard !== this.sound) heard.pause();
    if (plays) heard = this.sound;
    this.button.setAttribute("aria-pressed", String(plays));
    changeIcon(this.button, plays ? "pause" : "play");
    this.#draw();
    if (plays) requestAnimationFrame(() => this.#follow());
  }

  #follow() {
    if (this.sound.paused || !this.isConnected) return;
    this.#draw();
    requestAnimationFrame(() => this.#follow());
  }

  #draw() {
    const { currentTime, duration, ended } = this.sound;
    const part = duration && !ended ? currentTime / duration : 0;
    this.wave.style.setProperty("--heard", `${part * 100}%`);
    this.range.value = String(Math.round(part * PARTS));
    this.range.setAttribute("aria-valuetext", `${Math.floor(ended ? 0 : currentTime)} s`);
  }

  /** Where the length is not known yet, the sound is fetched first. */
  #goTo() {
    const part = Number(this.range.value) / PARTS;
    const go = () => {
      if (Number.isFinite(this.sound.duration)) this.sound.currentTime = part * this.sound.duration;
      this.#draw();
    };
    if (this.sound.readyState) return go();
    this.sound.addEventListener("loadedmetadata", go, { once: true, signal: this.#listeners.signal });
    return this.sound.load();
  }

  #failed(so) {
    this.querySelector(".voice-trouble").hidden = !so;
  }
}

customElements.define("voice-player", VoicePlayer);
