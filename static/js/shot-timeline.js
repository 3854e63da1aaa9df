/* <shot-timeline class="dock"> … <div class="track"><a class="blk s3" href="#shot-K" data-shot="K">
     <img><b>3</b><em>3 s</em><i class="edge"></i></a>…</div></shot-timeline>

   Beside it the cards <article class="shot" id="shot-K" tabindex="-1"> with input[name=seconds]
   and buttons [data-move=earlier|later] (none on a locked revision).
   Keys: 1–6 select; Alt ← → moves a second across the selected shot's end (the last one trades
   with the one before); Alt Shift ← → moves the shot. An edge can be dragged. The changed inputs
   are saved by auto-save; the blocks follow at once and the server's drawing replaces them. */

import { setSeconds } from "./seconds-step.js";
import { isCovered, isTyping } from "./typing.js";
import { say } from "./words.js";

let selected = "";

class ShotTimeline extends HTMLElement {
  #listeners = null;
  #drag = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("focusin", (event) => this.#focused(event), { signal });
    document.addEventListener("input", (event) => this.#typed(event), { signal });
    for (const name of ["swapped", "htmx:afterSettle"]) {
      document.addEventListener(name, () => this.#draw(), { signal });
    }
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("pointerdown", (event) => this.#grab(event), { signal });
    this.addEventListener("pointermove", (event) => this.#pull(event), { signal });
    this.addEventListener("pointerup", () => this.#release(), { signal });
    this.addEventListener("pointercancel", () => this.#release(), { signal });
    this.#film();
    this.#draw();
  }

  disconnectedCallback() {
    this.#listeners?.abort();
  }

  get #blocks() {
    return [...this.querySelectorAll(".blk[data-shot]")];
  }

  #select(key, { focus = false } = {}) {
    selected = key;
    this.#draw();
    if (!focus) return;
    const card = document.getElementById(`shot-${key}`);
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest" });
  }

  #draw() {
    const keys = this.#blocks.map((block) => block.dataset.shot);
    if (!keys.includes(selected)) selected = "";
    for (const block of this.#blocks) block.classList.toggle("sel", block.dataset.shot === selected);
    for (const key of keys) document.getElementById(`shot-${key}`)?.classList.toggle("sel", key === selected);
  }

  /** The picture repeats along its block like frames on film. */
  #film() {
    for (const block of this.#blocks) {
      const picture = block.querySelector("img");
      if (!picture) continue;
      block.style.backgroundImage = `url("${picture.src}")`;
      block.classList.add("filmed");
    }
  }

  #clicked(event) {
    const block = event.target.closest(".blk[data-shot]");
    if (!block || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    this.#select(block.dataset.shot, { focus: true });
  }

  #focused(event) {
    const card = event.target.closest?.(".shot[id^='shot-']");
    if (card && card.id !== `shot-${selected}`) this.#select(card.id.slice("shot-".length));
  }

  #key(event) {
    if (event.altKey && !event.ctrlKey && !event.metaKey) return this.#altKey(event);
    if (event.ctrlKey || event.metaKey || event.shiftKey || isTyping(event.target) || isCovered()) return;
    const block = /^[1-6]$/.test(event.key) ? this.#blocks[Number(event.key) - 1] : null;
    if (!block || document.querySelector("take-player")) return;
    event.preventDefault();
    this.#select(block.dataset.shot, { focus: true });
  }

  #altKey(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way || !selected || isCovered()) return;
    const card = document.getElementById(`shot-${selected}`);
    if (!card?.querySelector("input[name=seconds]")) return;
    event.preventDefault();
    if (event.shiftKey) card.querySelector(`[data-move=${way < 0 ? "earlier" : "later"}]`)?.click();
    else this.#trade(this.#blocks.findIndex((block) => block.dataset.shot === selected), way);
  }

  /** Give the shot at this place `seconds` more, taken from its neighbour. False when it cannot. */
  #trade(at, seconds) {
    const other = at + 1 < this.#blocks.length ? at + 1 : at - 1;
    const mine = this.#input(at);
    const theirs = this.#input(other);
    if (!mine || !theirs || !seconds) return false;
    const [gain, loss] = [Number(mine.value) + seconds, Number(theirs.value) - seconds];
    if (gain < 1 || loss < 1 || !setSeconds(mine, gain)) return false;
    setSeconds(theirs, loss);
    return true;
  }

  #input(at) {
    const key = this.#blocks[at]?.dataset.shot;
    return key ? document.querySelector(`#shot-${CSS.escape(key)} input[name=seconds]`) : null;
  }

  /** Seconds typed, stepped or dragged: the block is as wide at once. */
  #typed(event) {
    if (event.target.name !== "seconds") return;
    const key = event.target.closest(".shot[id^='shot-']")?.id.slice("shot-".length);
    const block = this.#blocks.find((each) => each.dataset.shot === key);
    const seconds = Number(event.target.value);
    if (!block || !(seconds >= 1 && seconds <= 15)) return;
    block.className = block.className.replace(/\bs\d+\b/, `s${seconds}`);
    const figure = block.querySelector("em");
    if (figure) figure.textContent = `${seconds} s`;
    const position = this.#blocks.indexOf(block) + 1;
    block.setAttribute("aria-label", say("block", { position, n: seconds }));
  }

  #grab(event) {
    const edge = event.target.closest(".edge");
    if (!edge) return;
    const at = this.#blocks.indexOf(edge.closest(".blk"));
    if (!this.#input(at) || !this.#input(at + 1)) return;
    event.preventDefault();
    const track = edge.closest(".track");
    const total = this.#blocks.reduce((sum, _block, n) => sum + Number(this.#input(n)?.value ?? 0), 0);
    this.#drag = { at, from: event.clientX, moved: 0, second: track.clientWidth / total, live: live(track) };
    this.setPointerCapture(event.pointerId);
    this.setAttribute("data-keep", "");
    this.#select(this.#blocks[at].dataset.shot);
  }

  #pull(event) {
    const drag = this.#drag;
    if (!drag) return;
    const wanted = Math.round((event.clientX - drag.from) / drag.second);
    const step = Math.sign(wanted - drag.moved);
    while (step && drag.moved !== wanted && this.#trade(drag.at, step)) drag.moved += step;
    const block = this.#blocks[drag.at];
    drag.live.style.left = `${block.offsetLeft + block.offsetWidth}px`;
    drag.live.textContent = `${this.#input(drag.at).value} s | ${this.#input(drag.at + 1).value} s`;
  }

  #release() {
    this.#drag?.live.remove();
    if (this.#drag) this.removeAttribute("data-keep");
    this.#drag = null;
  }
}

function live(track) {
  const value = document.createElement("output");
  value.className = "live-value";
  track.append(value);
  return value;
}

customElements.define("shot-timeline", ShotTimeline);
