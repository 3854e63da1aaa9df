/* <camera-move data-moved="…" data-still="…" data-amount="{axis} {amount}: {effect}."><form>
     radios kind, number fields of the six amounts ([data-axis], data-name, data-below, data-above),
     [data-shown] with two .cv, [data-told], [data-play], [data-said] with [data-take-back]
   </form></camera-move>

   Of the six amounts one is other than 0: giving another sets the former to 0, says so, and takes
   it back when asked. What the move does is played once over the picture; with reduced motion its
   start and end stand side by side all the same. */

import { poseAt, transformsOf } from "./camera-path.js";

const PLAYED_MS = 1600;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class CameraMove extends HTMLElement {
  connectedCallback() {
    this.#form = this.querySelector("form");
    this.#before = this.#amounts();
    for (const type of ["input", "change", "reset", "click"]) this.addEventListener(type, this);
    this.querySelector("[data-shown]").hidden = false;
    for (const picture of this.querySelectorAll(".cv-near")) picture.addEventListener("load", this);
    this.#fit();
    this.#changed();
  }

  disconnectedCallback() {
    for (const type of ["input", "change", "reset", "click"]) this.removeEventListener(type, this);
    cancelAnimationFrame(this.#frame);
  }

  handleEvent(event) {
    if (event.type === "load") return this.#fit();
    if (event.type === "reset") return setTimeout(() => this.#renewed());
    if (event.type === "click") return this.#clicked(event.target);
    if (event.type === "change") return this.#play();
    const axis = event.target.closest("[data-axis]")?.dataset.axis;
    if (axis) this.#given(axis);
    return this.#changed();
  }

  #form = null;
  #before = {};
  #taken = null;
  #frame = 0;

  get #kind() {
    return this.#form.elements.kind.value;
  }

  #box(axis) {
    return this.querySelector(`[data-axis="${axis}"]`);
  }

  #field(axis) {
    return this.#box(axis).querySelector("input[type=number]");
  }

  #amounts() {
    const boxes = [...this.querySelectorAll("[data-axis]")];
    return Object.fromEntries(boxes.map(({ dataset: { axis } }) => [axis, Number(this.#field(axis).value) || 0]));
  }

  /** An amount was given: the move is one move, and all other amounts are 0. */
  #given(axis) {
    const simple = this.querySelector("[name=kind][value=simple]");
    if (!simple.checked && !simple.disabled) simple.checked = true;
    const now = this.#amounts();
    const others = Object.keys(now).filter((each) => each !== axis && now[each] !== 0);
    if (now[axis] && others.length) {
      this.#taken = { axis, was: this.#before[axis] ?? 0, others: others.map((each) => [each, now[each]]) };
      for (const each of others) this.#put(each, 0);
    } else if (this.#taken?.axis !== axis) {
      this.#taken = null;
    }
    this.#say();
    this.#before = { ...this.#amounts(), [axis]: this.#taken ? this.#taken.was : now[axis] };
  }

  #put(axis, amount) {
    const field = this.#field(axis);
    field.value = String(amount);
    this.#box(axis).querySelector("input[type=range]").value = String(amount);
  }

  #say() {
    const said = this.querySelector("[data-said]");
    said.hidden = !this.#taken;
    if (!this.#taken) return;
    const names = this.#taken.others.map(([axis]) => this.#name(axis)).join(", ");
    const { axis } = this.#taken;
    const words = { axis: this.#name(axis), amount: this.#field(axis).value, other: names };
    said.querySelector("span").textContent = filled(this.dataset.moved, words);
  }

  /** `Pan`, where the label says what it does too. */
  #name(axis) {
    return this.#box(axis).dataset.name;
  }

  #clicked(target) {
    if (target.closest("[data-play]")) this.#play();
    if (!target.closest("[data-take-back]") || !this.#taken) return;
    const { axis, was, others } = this.#taken;
    this.#put(axis, was);
    for (const [each, amount] of others) this.#put(each, amount);
    this.#field(others[0][0]).focus();
    this.#renewed();
  }

  /** The fields hold something else than what was given by hand. */
  #renewed() {
    this.#taken = null;
    for (const [axis, amount] of Object.entries(this.#amounts())) this.#put(axis, amount);
    this.#before = this.#amounts();
    this.#say();
    this.#changed();
  }

  #changed() {
    this.classList.toggle("by-amount", this.#kind === "simple");
    this.querySelector("[data-told]").textContent = this.#told();
    cancelAnimationFrame(this.#frame);
    this.#draw(1);
  }

  #told() {
    if (this.#kind !== "simple") return this.querySelector("[name=kind]:checked + span")?.textContent ?? "";
    const amounts = Object.entries(this.#amounts()).filter(([, amount]) => amount);
    if (!amounts.length) return this.dataset.still;
    return amounts
      .map(([axis, amount]) => {
        const { below, above } = this.#box(axis).dataset;
        const effect = amount < 0 ? below : above;
        return filled(this.dataset.amount, { axis: this.#name(axis), amount, effect });
      })
      .join(" ");
  }

  /** Once from start to end; the end stays. */
  #play() {
    cancelAnimationFrame(this.#frame);
    if (calm.matches) return this.#draw(1);
    const began = performance.now();
    const step = (now) => {
      const part = Math.min(1, Math.max(0, now - began) / PLAYED_MS);
      this.#draw(part * part * (3 - 2 * part));
      if (part < 1) this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
    return undefined;
  }

  #draw(part) {
    const { lens, world } = transformsOf(poseAt(this.#kind, this.#amounts(), part));
    this.querySelector("[data-at=end] .cv-lens").style.transform = lens;
    this.querySelector("[data-at=end] .cv-world").style.transform = world;
  }

  /** The video takes the shape of its first frame. */
  #fit() {
    const { naturalWidth, naturalHeight } = this.querySelector(".cv-near");
    if (!naturalWidth) return;
    for (const view of this.querySelectorAll(".cv")) view.style.aspectRatio = `${naturalWidth} / ${naturalHeight}`;
  }
}

function filled(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

customElements.define("camera-move", CameraMove);
