/* <take-player data-rate-num="24" data-rate-den="1" data-duration-ms="14000" [data-start-ms="0"]
     data-shots='[{"position":1,"start_ms":0,"end_ms":3000},…]' data-composer="composer">
     <div class="pl"><video controls …></video><span class="tag shot-now"></span>
       <a class="player-download" href hidden>Download</a></div>
     <div class="scrub">…</div>   see scrubber.js
     <div class="tr" hidden></div>
   </take-player>

   Without scripts the film keeps its own controls. Here it gets the deck: previous and next shot,
   play, timecode by frame, speed, sound, full screen. Any link with data-at-ms on the page seeks.
   Keys (not while typing): Space, J K L, comma and full stop, ← →, Shift ← →, Home, End, C. */

import { Deck } from "./player-deck.js";
import { NoteStamp } from "./note-stamp.js";
import { Scrubber } from "./scrubber.js";
import { frameAt, frameStart, timecode } from "./timecode.js";
import { isCovered, isResting, isTyping } from "./typing.js";
import { icon, say } from "./words.js";

const FASTEST = 4;

class TakePlayer extends HTMLElement {
  #listeners = null;
  #backwards = 0;
  #frame = 0;

  connectedCallback() {
    this.film = this.querySelector("video");
    if (!this.film) return;
    const { rateNum, rateDen, durationMs, shots, composer } = this.dataset;
    this.rate = Number(rateNum) / Number(rateDen || 1) || 24;
    this.durationMs = Number(durationMs);
    this.shots = JSON.parse(shots || "[]");
    this.stamp = new NoteStamp(composer);
    this.#listeners = new AbortController();
    this.#build(this.#listeners.signal);
    this.#listen(this.#listeners.signal);
    this.#show(Number(this.dataset.startMs || 0));
    if (this.dataset.startMs) this.seek(Number(this.dataset.startMs));
    this.#watchFrames();
  }

  disconnectedCallback() {
    this.#listeners?.abort();
    cancelAnimationFrame(this.#backwards);
  }

  /** Show the frame that stands at this moment, in milliseconds. */
  seek(ms) {
    const last = frameAt(this.durationMs - 1, this.rate);
    const frame = Math.min(last, frameAt(Math.max(0, ms), this.rate));
    this.#showFrame(frame);
    // Half a frame in: exactly at its start, rounding may show the one before.
    this.film.currentTime = (frame + 0.5) / this.rate;
  }

  toggle() {
    this.#stopBackwards();
    if (this.film.paused) this.film.play().catch(() => {});
    else this.film.pause();
  }

  #build(signal) {
    this.film.removeAttribute("controls");
    this.classList.add("on");
    this.deck = new Deck(this, signal);
    this.scrubber = new Scrubber(this.querySelector(".scrub"), {
      durationMs: this.durationMs,
      seek: (ms) => this.seek(ms),
      signal,
    });
    this.ring = document.createElement("span");
    this.ring.className = "ring";
    this.ring.hidden = true;
    this.film.after(this.ring);
  }

  #listen(signal) {
    const on = (name, act) => this.film.addEventListener(name, act, { signal });
    for (const name of ["play", "pause", "ratechange", "volumechange"]) on(name, () => this.deck.draw());
    on("click", () => this.toggle());
    on("timeupdate", () => this.#show(this.film.currentTime * 1000));
    on("seeking", () => this.#wait(true));
    on("waiting", () => this.#wait(true));
    for (const name of ["seeked", "playing", "canplay"]) on(name, () => this.#wait(false));
    // A film whose picture cannot be decoded may load without an error, without a size.
    on("loadedmetadata", () => this.film.videoWidth || this.#cannot("cannotPlay"));
    on("error", () => this.#cannot(this.film.error?.code === 4 ? "cannotPlay" : "cannotLoad"));
    if (this.film.error) this.#cannot("cannotPlay");
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("click", (event) => this.#link(event), { signal });
    document.addEventListener("focusin", (event) => this.#entered(event), { signal });
    // A composer drawn anew carries the frame that stands.
    for (const name of ["swapped", "htmx:afterSettle"]) {
      document.addEventListener(name, () => this.#showFrame(this.#frame), { signal });
    }
  }

  #watchFrames() {
    if (!this.film.requestVideoFrameCallback) return;
    const seen = (_now, { mediaTime }) => {
      if (!this.isConnected) return;
      this.#showFrame(Math.round(mediaTime * this.rate));
      this.film.requestVideoFrameCallback(seen);
    };
    this.film.requestVideoFrameCallback(seen);
  }

  #show(ms) {
    this.#showFrame(frameAt(ms, this.rate));
  }

  #showFrame(frame) {
    this.#frame = frame;
    const at = frameStart(frame, this.rate);
    const words = timecode(frame, this.rate);
    const shot = this.#shotAt(at);
    const total = this.shots.length;
    this.deck.show(words);
    this.scrubber.show(at, words, say("at", { timecode: words, n: shot?.position ?? 1, total }));
    const tag = this.querySelector(".shot-now");
    if (tag && shot) tag.textContent = say("shotOf", { n: shot.position, total });
    this.stamp.follow(at, words);
  }

  #shotAt(ms) {
    return this.shots.find((shot) => ms < shot.end_ms) ?? this.shots.at(-1);
  }

  /** The start of the shot before (after a second into a shot: of this one) or of the next. */
  shotStep(way) {
    const at = frameStart(this.#frame, this.rate);
    const now = this.shots.indexOf(this.#shotAt(at));
    const here = this.shots[now]?.start_ms ?? 0;
    const target = way > 0 ? this.shots[now + 1] : this.shots[at - here > 1000 ? now : now - 1];
    this.seek(target ? target.start_ms : way > 0 ? this.durationMs : 0);
  }

  #frameStep(way) {
    this.film.pause();
    this.#stopBackwards();
    this.seek(frameStart(Math.max(0, this.#frame + way), this.rate));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isCovered()) return;
    if (event.key === " " && event.target.closest?.("button, a, summary, input, label")) return;
    if (event.key.length === 1 && event.key !== " " && isResting(event.target)) return;
    const act = this.#acts(event)[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #acts({ shiftKey }) {
    const second = (way) => (shiftKey ? this.shotStep(way) : this.seek(this.film.currentTime * 1000 + way * 1000));
    return {
      " ": () => this.toggle(),
      k: () => this.#stop(),
      l: () => this.#faster(),
      j: () => this.#back(),
      ",": () => this.#frameStep(-1),
      ".": () => this.#frameStep(1),
      ArrowLeft: () => second(-1),
      ArrowRight: () => second(1),
      Home: () => this.seek(0),
      End: () => this.seek(this.durationMs),
      c: () => this.stamp.field?.focus(),
    };
  }

  #stop() {
    this.#stopBackwards();
    this.film.pause();
    this.film.playbackRate = 1;
  }

  #faster() {
    this.#stopBackwards();
    this.film.playbackRate = this.film.paused ? 1 : Math.min(FASTEST, this.film.playbackRate * 2);
    this.film.play().catch(() => {});
  }

  /** Browsers do not play backwards: it is stepped, again is faster. */
  #back() {
    const speed = this.backSpeed ? Math.min(FASTEST, this.backSpeed * 2) : 1;
    this.#stopBackwards();
    this.film.pause();
    this.backSpeed = speed;
    const from = { at: this.film.currentTime, when: performance.now() };
    const step = (now) => {
      const at = from.at - ((now - from.when) / 1000) * speed;
      if (!this.film.seeking) this.seek(at * 1000);
      if (at <= 0 || !this.isConnected) return this.#stopBackwards();
      this.#backwards = requestAnimationFrame(step);
      return undefined;
    };
    this.#backwards = requestAnimationFrame(step);
  }

  #stopBackwards() {
    cancelAnimationFrame(this.#backwards);
    this.backSpeed = 0;
  }

  #link(event) {
    const link = event.target.closest?.("a[data-at-ms]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.film.pause();
    this.seek(Number(link.dataset.atMs));
    const note = link.closest(".note") ?? document.getElementById(link.hash.slice(1));
    this.#mark(note, link);
  }

  #mark(note, link) {
    if (!note?.matches(".note")) return;
    for (const other of document.querySelectorAll(".note.on, .pin.on")) other.classList.remove("on");
    note.classList.add("on");
    document.querySelector(`.pin[href="#${CSS.escape(note.id)}"]`)?.classList.add("on");
    if (link.matches(".pin")) note.scrollIntoView({ block: "nearest" });
  }

  /** Writing a note stops the film, and the note is about the frame that stands. */
  #entered(event) {
    if (!event.target.closest?.(`#${CSS.escape(this.dataset.composer ?? "")}`)) return;
    this.#stopBackwards();
    this.film.pause();
    if (this.stamp.field?.value) return;
    this.stamp.set(frameStart(this.#frame, this.rate), timecode(this.#frame, this.rate));
  }

  #wait(waiting) {
    this.ring.hidden = !waiting || this.film.readyState > 2;
  }

  #cannot(words) {
    this.ring.hidden = true;
    if (this.querySelector(".state")) return;
    const state = document.createElement("div");
    state.className = "state";
    state.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = say(words);
    state.append(icon("badc", "l"), text);
    const download = this.querySelector(".player-download");
    if (download) {
      download.hidden = false;
      download.classList.add("btn");
      state.append(download);
    }
    this.film.parentElement.append(state);
  }
}

customElements.define("take-player", TakePlayer);
