/* <shot-timeline class="dock" id="timeline" data-totals="3 4 …"> … <div class="track"
     ><a class="blk s3" href="#shot-K" data-shot="K" data-seconds="3"><span class="film"><img></span><b>3</b><em>3 s</em></a
     ><span class="edge" …></span>… <div class="play-head" hidden></div></div></shot-timeline>

   Beside it the cards <section class="shot" id="shot-K" tabindex="-1"> with input[name=seconds]
   and buttons [data-move=earlier|later] (none on a locked revision).
   Keys: 1–6 select; Alt ← → moves a second across the selected shot's end (the last one trades
   with the one before); Alt Shift ← → moves the shot. Numbers not yet saved are drawn at once:
   blocks, ruler, timecodes, sum. Fires "shot-selected" {key} on the document. */

import { cross } from "./retime.js";
import { isUnsent, shots } from "./seconds-save.js";
import { speak } from "./timeline-edges.js";
import { isCovered, isResting } from "./typing.js";
import { say } from "./words.js";

const MOST_RULED = 30;
let selected = "";
let playedAt = null;

class ShotTimeline extends HTMLElement {
  #listeners = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("focusin", (event) => this.#focused(event), { signal });
    document.addEventListener("retimed", () => this.#draw({ flash: true }), { signal });
    for (const name of ["swapped", "htmx:afterSettle"]) {
      document.addEventListener(name, () => this.#draw(), { signal });
    }
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.#film();
    this.#draw();
  }

  disconnectedCallback() {
    this.#listeners?.abort();
  }

  /** Put the play head at this second and mark the shot it is in; null takes it away. */
  showAt(seconds) {
    playedAt = seconds;
    this.#drawHead();
  }

  get #blocks() {
    return [...this.querySelectorAll(".blk[data-shot]")];
  }

  /** Select the shot of this key; its card gets the focus when asked. */
  select(key, { focus = false } = {}) {
    if (key !== selected) {
      selected = key;
      document.dispatchEvent(new CustomEvent("shot-selected", { detail: { key } }));
    }
    this.#mark();
    if (!focus) return;
    const card = document.getElementById(`shot-${key}`);
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest" });
  }

  #mark() {
    const keys = this.#blocks.map((block) => block.dataset.shot);
    if (!keys.includes(selected)) selected = "";
    for (const block of this.#blocks) block.classList.toggle("sel", block.dataset.shot === selected);
    for (const edge of this.querySelectorAll(".edge")) edge.classList.toggle("sel", edge.dataset.edge === selected);
    for (const key of keys) document.getElementById(`shot-${key}`)?.classList.toggle("sel", key === selected);
  }

  /** Everything as wide as it is long, saved or not. */
  #draw({ flash = false } = {}) {
    this.#mark();
    const unsent = new Map(shots().filter(isUnsent).map((shot) => [shot.key, Number(shot.input.value)]));
    const seconds = this.#blocks.map(({ dataset }) => {
      const mine = unsent.get(dataset.shot);
      return mine >= 1 && mine <= 99 ? mine : Number(dataset.seconds);
    });
    const sum = seconds.reduce((all, each) => all + each, 0);
    let start = 0;
    for (const [at, block] of this.#blocks.entries()) {
      drawBlock(block, at, seconds[at], flash);
      block.style.setProperty("--w", String(sum ? seconds[at] : 1));
      write(document.getElementById(`shot-${block.dataset.shot}-tc`), `${clock(start)}–${clock(start + seconds[at])}`);
      start += seconds[at];
    }
    this.#rule(sum);
    write(this.querySelector("#sum-seconds"), say("seconds", { n: sum }));
    speak(this, seconds, sum);
    this.#drawHead();
  }

  #rule(sum) {
    const rule = this.querySelector(".rule");
    const count = sum <= MOST_RULED ? sum : 0;
    if (!rule || rule.childElementCount === count + 1) return;
    const numbers = Array.from({ length: count }, (_each, second) => label(second));
    rule.replaceChildren(...numbers, label(sum, "last"));
  }

  #drawHead() {
    const head = this.querySelector(".play-head");
    const ends = [];
    for (const { dataset } of this.#blocks) ends.push((ends.at(-1) ?? 0) + Number(dataset.seconds));
    if (head) {
      head.hidden = playedAt === null;
      head.style.left = `${Math.min(100, (100 * (playedAt ?? 0)) / (ends.at(-1) || 1))}%`;
    }
    const at = playedAt === null ? -1 : ends.findIndex((end) => playedAt < end);
    for (const [place, block] of this.#blocks.entries()) block.classList.toggle("playing", place === at);
  }

  /** The picture repeats along its block like frames on film. */
  #film() {
    for (const film of this.querySelectorAll(".film:has(img)")) {
      film.style.backgroundImage = `url("${film.querySelector("img").src}")`;
      film.classList.add("filmed");
    }
  }

  #clicked(event) {
    const block = event.target.closest(".blk[data-shot]");
    if (!block || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    this.select(block.dataset.shot, { focus: true });
  }

  #focused(event) {
    const card = event.target.closest?.(".shot[id^='shot-']");
    const key = card ? card.id.slice("shot-".length) : event.target.dataset?.edge;
    if (key && key !== selected) this.select(key);
  }

  #key(event) {
    if (event.altKey && !event.ctrlKey && !event.metaKey) return this.#altKey(event);
    if (event.ctrlKey || event.metaKey || event.shiftKey || isResting(event.target)) return;
    const block = /^[1-6]$/.test(event.key) ? this.#blocks[Number(event.key) - 1] : null;
    if (!block || document.querySelector("take-player")) return;
    event.preventDefault();
    this.select(block.dataset.shot, { focus: true });
  }

  #altKey(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way || !selected || isCovered()) return;
    const card = document.getElementById(`shot-${selected}`);
    if (!card?.querySelector("input[name=seconds]")) return;
    event.preventDefault();
    if (event.shiftKey) card.querySelector(`[data-move=${way < 0 ? "earlier" : "later"}]`)?.click();
    else cross(this.#blocks.findIndex((block) => block.dataset.shot === selected), way);
  }
}

function drawBlock(block, at, seconds, flash) {
  block.setAttribute("aria-label", say("block", { position: at + 1, n: seconds }));
  const figure = block.querySelector("em");
  const before = figure.textContent;
  write(figure, say("seconds", { n: seconds }));
  if (!flash || before === figure.textContent) return;
  figure.classList.add("flash");
  figure.addEventListener("animationend", () => figure.classList.remove("flash"), { once: true });
}

function write(place, words) {
  if (place && place.textContent !== words) place.textContent = words;
}

function label(second, name = "") {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = String(second);
  return span;
}

function clock(seconds) {
  return [Math.floor(seconds / 60), seconds % 60].map((each) => String(each).padStart(2, "0")).join(":");
}

customElements.define("shot-timeline", ShotTimeline);
