/* <take-player data-rate-num="24" data-rate-den="1" data-duration-ms="14000" [data-start-ms="0"]
     data-shots='[{"position":1,"start_ms":0,"end_ms":3000},…]' data-composer="composer">
     <div class="pl"><video controls …></video><span class="tag shot-now"></span>
       <a class="player-download" href hidden>Download</a></div>
     <div class="scrub">…</div>   see scrubber.js, scrub-pins.js
     <div class="tr" hidden></div>   see player-deck.js
     <p class="sr" role="status" data-said></p>
   </take-player>

   Without scripts the film keeps its own controls. Here it gets exact frames (player-frames.js),
   keys (player-keys.js), a range (player-range.js) and the deck. Any link with data-at-ms on the
   page seeks, and writing a note stops the film.

   It tells by events that bubble: `frame` {frame, atMs, shot: position, isPlaying} for each frame that
   stands, `range` {inMs, outMs} or null. Others may call seek(ms), pause(), pictureBox() and read
   frame, range, rate, durationMs, shots. */

import { Deck } from "./player-deck.js";
import { Frames } from "./player-frames.js";
import { listenToKeys } from "./player-keys.js";
import { followLinks, noteBeside } from "./player-links.js";
import { InOut } from "./player-range.js";
import { Reel } from "./player-reverse.js";
import { State } from "./player-state.js";
import { Hover } from "./scrub-hover.js";
import { Pins } from "./scrub-pins.js";
import { Scrubber } from "./scrubber.js";
import { frameAt, frameStart, timecode } from "./timecode.js";
import { say } from "./words.js";

const FASTEST = 4;
const QUIET = 500; // ms after the last step: what stands is said, not what passes

class TakePlayer extends HTMLElement {
  #listeners = null;
  #saying = 0;

  connectedCallback() {
    this.film = this.querySelector("video");
    if (!this.film) return;
    const { rateNum, rateDen, durationMs, shots, startMs } = this.dataset;
    this.rate = Number(rateNum) / Number(rateDen || 1) || 24;
    this.durationMs = Number(durationMs);
    this.shots = JSON.parse(shots || "[]");
    this.#listeners = new AbortController();
    this.#build(this.#listeners.signal);
    this.#listen(this.#listeners.signal);
    // Also the first frame: the poster is another one.
    this.seek(Number(startMs || 0));
  }

  disconnectedCallback() {
    this.#listeners?.abort();
    clearTimeout(this.#saying);
  }

  /** The number of the frame that stands, from 0. */
  get frame() {
    return this.frames?.frame ?? 0;
  }

  /** {inMs, outMs}, from the start of its first frame to the end of its last one, or null. */
  get range() {
    if (!this.inOut?.isWhole) return null;
    return { inMs: frameStart(this.inOut.first, this.rate), outMs: this.#endOf(this.inOut.last) };
  }

  /** Where the picture lies within .pl, in CSS pixels: the film without its black edges. */
  pictureBox() {
    const { clientWidth, clientHeight, videoWidth, videoHeight, width, height } = this.film;
    const ratio = (videoWidth || width) / (videoHeight || height) || 16 / 9;
    const across = Math.min(clientWidth, clientHeight * ratio);
    const down = across / ratio;
    return { x: (clientWidth - across) / 2, y: (clientHeight - down) / 2, width: across, height: down };
  }

  /** Show the frame that stands at this moment, in milliseconds. */
  seek(ms) {
    this.toFrame(frameAt(Math.max(0, ms), this.rate));
  }

  toFrame(frame) {
    this.reverse.stop();
    this.frames.go(frame);
  }

  /** To the start of the shot at this position. */
  toShot(position) {
    this.seek(this.shots[position - 1].start_ms);
  }

  play() {
    this.reverse.stop();
    const from = this.inOut.from(this.frame, this.frames.last);
    if (from !== this.frame) this.frames.go(from);
    this.film.play().catch(() => {});
  }

  pause() {
    this.reverse.stop();
    this.film.pause();
  }

  toggle() {
    if (this.film.paused && !this.reverse.speed) this.play();
    else this.pause();
  }

  stop() {
    this.pause();
    this.film.playbackRate = 1;
  }

  /** Play; again is faster. */
  faster() {
    this.film.playbackRate = this.film.paused ? 1 : Math.min(FASTEST, this.film.playbackRate * 2);
    this.play();
  }

  backwards() {
    this.film.pause();
    this.reverse.faster();
  }

  /** One frame on or back. */
  frameStep(way) {
    this.pause();
    this.frames.step(way);
  }

  secondStep(way) {
    this.toFrame(this.frame + way * Math.round(this.rate));
  }

  /** The start of the shot before (after a second into a shot: of this one) or of the next. */
  shotStep(way) {
    const at = frameStart(this.frame, this.rate);
    const now = this.shots.indexOf(this.#shotAt(at));
    const here = this.shots[now]?.start_ms ?? 0;
    const target = way > 0 ? this.shots[now + 1] : this.shots[at - here > 1000 ? now : now - 1];
    this.seek(target ? target.start_ms : way > 0 ? this.durationMs : 0);
  }

  /** The note before or after what stands. */
  noteStep(way) {
    noteBeside(this, way)?.click();
  }

  /** Write a note about what stands. */
  write() {
    this.composer?.querySelector("textarea")?.focus();
  }

  get composer() {
    return document.getElementById(this.dataset.composer ?? "");
  }

  /** The frame that stands at this moment. */
  frameOf(ms) {
    return frameAt(ms, this.rate);
  }

  /** The timecode and the shot of a moment, in words. */
  tell(ms) {
    const shot = this.#shotAt(ms)?.position ?? 1;
    const words = timecode(Math.min(this.frames.last, frameAt(ms, this.rate)), this.rate);
    return [words, say("shotOf", { n: shot, total: this.shots.length })];
  }

  #build(signal) {
    const scrub = this.querySelector(".scrub");
    const last = Math.max(0, frameAt(this.durationMs, this.rate) - 1);
    this.film.removeAttribute("controls");
    this.classList.add("on");
    this.inOut ??= new InOut(() => this.#ranged());
    this.frames = new Frames(this.film, { rate: this.rate, last, shown: (frame) => this.#shown(frame), signal });
    this.reverse = new Reel(this, signal);
    this.deck = new Deck(this, signal);
    this.scrubber = new Scrubber(scrub, this, signal);
    this.pins = new Pins(scrub, this, signal);
    new Hover(scrub, { durationMs: this.durationMs, tell: (ms) => this.tell(ms), signal });
    this.state = new State(this, signal);
  }

  #listen(signal) {
    const on = (name, act) => this.film.addEventListener(name, act, { signal });
    for (const name of ["play", "pause", "ratechange", "volumechange"]) on(name, () => this.deck.draw());
    on("pause", () => this.#shown(this.frame));
    on("click", () => this.toggle());
    on("ended", () => this.#again());
    listenToKeys(this, signal);
    followLinks(this, signal);
    document.addEventListener("focusin", (event) => this.#entered(event), { signal });
  }

  #shown(frame) {
    const at = frameStart(frame, this.rate);
    const words = timecode(frame, this.rate);
    const shot = this.#shotAt(at)?.position ?? 1;
    const total = this.shots.length;
    const spoken = say("at", { timecode: words, n: shot, total });
    this.deck.show(words);
    this.scrubber.show(at, words, spoken);
    this.querySelector(".shot-now").textContent = say("shotOf", { n: shot, total });
    this.#sayLater(spoken);
    const isPlaying = !this.film.paused;
    const detail = { frame, atMs: at, shot, isPlaying };
    this.dispatchEvent(new CustomEvent("frame", { bubbles: true, detail }));
    const next = isPlaying ? this.inOut.after(frame, this.frames.last) : null;
    if (next !== null && next !== frame && !this.film.ended) this.frames.go(next);
  }

  /** While the film plays nothing is said; where it stops, once. The first frame is no news. */
  #sayLater(spoken) {
    clearTimeout(this.#saying);
    const box = this.querySelector("[data-said]");
    if (!box || !this.film.paused || this.said === undefined || this.said === spoken) {
      this.said ??= spoken;
      return;
    }
    this.#saying = setTimeout(() => {
      this.said = spoken;
      box.textContent = spoken;
    }, QUIET);
  }

  #ranged() {
    const { first, last } = this.inOut;
    this.deck.draw();
    this.scrubber.showRange(
      first === null ? null : frameStart(first, this.rate),
      last === null ? null : this.#endOf(last),
    );
    this.dispatchEvent(new CustomEvent("range", { bubbles: true, detail: this.range }));
  }

  /** When a frame is over: where the next one begins, or the film ends. */
  #endOf(frame) {
    return frame >= this.frames.last ? this.durationMs : frameStart(frame + 1, this.rate);
  }

  #shotAt(ms) {
    return this.shots.find((shot) => ms < shot.end_ms) ?? this.shots.at(-1);
  }

  /** A film that ended begins again where it is to loop. */
  #again() {
    const next = this.inOut.after(this.frames.last, this.frames.last);
    if (next === null) return;
    this.frames.go(next);
    this.film.play().catch(() => {});
  }

  /** Writing a note stops the film: it is about the frame that stands. */
  #entered({ target }) {
    if (this.composer?.contains(target)) this.pause();
  }
}

customElements.define("take-player", TakePlayer);
