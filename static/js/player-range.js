/* The range of a take, from a first frame (I) to a last one (O), and whether playing stays in it;
   used by take-player.js. Without a range the whole take is played again. */

export class InOut {
  first = null;
  last = null;
  isLooping = false;

  /** `changed()` is called whenever one of these is another. */
  constructor(changed) {
    this.changed = changed;
  }

  /** Both ends are there. */
  get isWhole() {
    return this.first !== null && this.last !== null;
  }

  get isEmpty() {
    return this.first === null && this.last === null;
  }

  /** Begin at this frame; an end before it is forgotten. */
  begin(frame) {
    this.first = frame;
    if (this.last !== null && this.last < frame) this.last = null;
    this.changed();
  }

  /** End with this frame; a beginning after it is forgotten. */
  end(frame) {
    this.last = frame;
    if (this.first !== null && this.first > frame) this.first = null;
    this.changed();
  }

  /** Forget both. */
  clear() {
    this.first = this.last = null;
    this.changed();
  }

  toggleLoop() {
    this.isLooping = !this.isLooping;
    this.changed();
  }

  /** Where playing goes on after this frame, null for the next one. `end` is the take's last. */
  after(frame, end) {
    if (!this.isLooping) return null;
    return frame >= (this.isWhole ? this.last : end) ? (this.isWhole ? this.first : 0) : null;
  }

  /** Where playing begins when it starts at this frame; at the take's last, `end`, anew. */
  from(frame, end) {
    const isOutside = this.isWhole && (frame < this.first || frame >= this.last);
    if (this.isLooping && isOutside) return this.first;
    return frame >= end ? 0 : frame;
  }
}
