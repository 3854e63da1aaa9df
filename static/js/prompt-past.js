/* The steps back in one field whose nodes are drawn anew, where the browser's own are lost. */

const STEPS = 200;
const ONE_STEP = 1000; // ms between keys that are one step

export class Past {
  #steps;
  #at = 0;
  #kind = "";
  #kept = 0;

  /** `words` is what the field holds before anybody types. */
  constructor(words) {
    this.#steps = [{ words, caret: words.length }];
  }

  /** After a change of that kind; quick changes of one kind are one step. */
  keep(words, caret, kind) {
    if (words === this.#steps[this.#at].words) return;
    const goesOn = this.#at > 0 && kind === this.#kind && Date.now() - this.#kept < ONE_STEP;
    this.#steps.splice(goesOn ? this.#at : this.#at + 1, Infinity, { words, caret });
    if (this.#steps.length > STEPS) this.#steps.shift();
    this.#at = this.#steps.length - 1;
    this.#kind = kind;
    this.#kept = Date.now();
  }

  /** One step back (-1) or forward (1): {words, caret}, or undefined at either end. */
  go(way) {
    const step = this.#steps[this.#at + way];
    if (!step) return undefined;
    this.#at += way;
    this.#kind = "";
    return step;
  }
}
