/* The pins of the notes above the scrubber, used by take-player.js:
     <div class="pins"><a class="pin" href="?note=K#note-K" data-at-ms="6417" data-end-ms="7167"
       data-count="7" aria-label="…">…</a></div>
   Puts each above its moment, with a bar for a range. Those closer than a pin is wide gather into a
   count on the first. One of them is in the order of tabs; arrows, Home and End go to the others. */

import { frameAt, timecode } from "./timecode.js";
import { say } from "./words.js";

const APART = 24;
const APART_ON_TOUCH = 44;

export class Pins {
  /** `root` is .scrub, whose pins may be replaced while the page is open. */
  constructor(root, player, signal) {
    this.root = root;
    this.player = player;
    this.film = root.querySelector(".film");
    root.querySelector(":scope > .spans")?.remove();
    // A box of its own: what changes inside it does not wake the observer of the pins.
    this.spans = document.createElement("div");
    this.spans.className = "spans";
    root.append(this.spans);
    const watch = new MutationObserver(() => this.place());
    watch.observe(root, { childList: true });
    const size = new ResizeObserver(() => this.place());
    size.observe(this.film);
    root.addEventListener("keydown", (event) => this.#key(event), { signal });
    root.addEventListener("focusin", (event) => this.#entered(event.target), { signal });
    signal.addEventListener("abort", () => {
      watch.disconnect();
      size.disconnect();
    });
    this.place();
  }

  /** Every pin that is drawn, in the order of the film. */
  get all() {
    const pins = [...this.root.querySelectorAll(".pin[data-at-ms]")];
    return pins.sort((one, other) => one.dataset.atMs - other.dataset.atMs);
  }

  /** Put every pin above its moment. */
  place() {
    const apart = matchMedia("(pointer: coarse)").matches ? APART_ON_TOUCH : APART;
    const groups = [];
    this.spans.replaceChildren();
    for (const pin of this.all) {
      const at = this.#across(pin.dataset.atMs);
      const group = groups.at(-1);
      if (group && at - group.at < apart) group.pins.push(pin);
      else groups.push({ at, pins: [pin] });
      if (pin.dataset.endMs) this.#span(at, this.#across(pin.dataset.endMs));
    }
    for (const group of groups) this.#gather(group);
    this.#entered(this.root.querySelector(".pin.on:not([hidden])") ?? groups[0]?.pins[0]);
  }

  #across(ms) {
    return (Number(ms) / this.player.durationMs) * this.film.clientWidth;
  }

  #gather({ at, pins: [first, ...others] }) {
    first.hidden = false;
    first.style.left = `${at}px`;
    for (const other of others) other.hidden = true;
    const count = [first, ...others].reduce((sum, pin) => sum + Number(pin.dataset.count ?? 1), 0);
    this.#count(first, count);
  }

  #count(pin, count) {
    pin.querySelector(".pin-count")?.remove();
    pin.dataset.label ??= pin.getAttribute("aria-label");
    pin.setAttribute("aria-label", count > 1 ? this.#said(pin, count) : pin.dataset.label);
    pin.title = pin.getAttribute("aria-label");
    if (count < 2) return;
    const fresh = document.createElement("span");
    fresh.className = "pin-count";
    fresh.textContent = String(count);
    pin.append(fresh);
  }

  #said(pin, n) {
    const { rate } = this.player;
    return say("pins", { n, timecode: timecode(frameAt(Number(pin.dataset.atMs), rate), rate) });
  }

  #span(from, to) {
    const span = document.createElement("span");
    span.className = "span";
    span.style.left = `${from}px`;
    span.style.width = `${Math.max(2, to - from)}px`;
    this.spans.append(span);
  }

  #entered(target) {
    const current = target?.closest?.(".pin");
    if (!current) return;
    for (const pin of this.all) pin.tabIndex = pin === current ? 0 : -1;
  }

  #key(event) {
    if (!event.target.closest(".pin") || event.ctrlKey || event.altKey || event.metaKey) return;
    const pins = this.all.filter((pin) => !pin.hidden);
    const at = pins.indexOf(event.target.closest(".pin"));
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: pins.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    pins[to]?.focus();
  }
}
