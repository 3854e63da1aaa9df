/* Exactly the frame that is asked for, used by take-player.js.

   One seek at a time: what is asked for meanwhile waits, and of that the last. A step counts from
   the frame that was asked for, not from the one that is shown, so that held keys lose none and
   double none. What is shown is told by the film itself (requestVideoFrameCallback), but for a frame
   that was asked for: until the film runs on, it is that one, whatever older ones still come. */

import { frameAt } from "./timecode.js";

export class Frames {
  #wanted = null;
  #isSeeking = false;
  #isHeld = false;

  /** `last` is the number of the film's last frame; `shown(frame)` is told each that stands. */
  constructor(film, { rate, last, shown, signal }) {
    Object.assign(this, { film, rate, last, shown, frame: 0 });
    const on = (name, act) => film.addEventListener(name, act, { signal });
    on("seeked", () => this.#arrived());
    on("pause", () => film.ended || this.#settle());
    on("play", () => (this.#isHeld = this.#wanted !== null));
    // A film that begins anew has forgotten the seek it was in.
    on("emptied", () => (this.#isSeeking = false));
    on("loadedmetadata", () => this.#next());
    if (film.requestVideoFrameCallback) this.#watch(signal);
    else on("timeupdate", () => this.#seen(film.currentTime));
  }

  /** What was asked for is not shown yet. */
  get isBusy() {
    return this.#wanted !== null;
  }

  /** Show this frame, or the nearest there is. */
  go(frame) {
    this.#wanted = Math.min(this.last, Math.max(0, frame));
    this.#isHeld = true;
    this.#tell(this.#wanted);
    this.#next();
  }

  /** So many frames on; below zero back. */
  step(count) {
    this.go(this.frame + count);
  }

  /** A film that stops may have painted one more than it told, also after a seek under way. */
  #settle() {
    this.sought = null;
    this.go(this.frame);
  }

  #next() {
    if (this.#isSeeking || this.#wanted === null || this.film.readyState < 1) return;
    this.#isSeeking = true;
    this.sought = this.#wanted;
    // Half a frame in: exactly at its start, rounding may show the one before.
    this.film.currentTime = (this.#wanted + 0.5) / this.rate;
  }

  #arrived() {
    this.#isSeeking = false;
    if (this.#wanted !== this.sought) return this.#next();
    this.#wanted = null;
    this.#isHeld = this.film.paused;
    return undefined;
  }

  #watch(signal) {
    const seen = (_now, { mediaTime }) => {
      if (signal.aborted) return;
      this.#seen(mediaTime);
      this.film.requestVideoFrameCallback(seen);
    };
    this.film.requestVideoFrameCallback(seen);
  }

  #seen(seconds) {
    if (!this.#isHeld) this.#tell(Math.min(this.last, frameAt(seconds * 1000, this.rate)));
  }

  #tell(frame) {
    this.frame = frame;
    this.shown(frame);
  }
}
