/* <picture-choose data-ratio="16:9">: what a picture goes through before it is posted.

   A file that is chosen, dropped or pasted, a picture of the library, the frame of a take: one that
   Kling takes and that has the wanted shape is sent at once; any other opens in form.picture-crop,
   where a <crop-pad> cuts or pads it. Every way ends in an ordinary submit. */

import "./crop-pad.js";
import "./frame-pick.js";
import "./seam-view.js";
import { handed } from "./picture-hand.js";
import { hasShape, isPicture, loadImage, misfit, readImage } from "./picture-rules.js";

class PictureChoose extends HTMLElement {
  #listeners = null;
  #send = null;
  #ready = false;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.addEventListener("click", (event) => this.#pressed(event), { signal });
    this.addEventListener("change", (event) => this.#changed(event), { signal });
    this.addEventListener("submit", (event) => this.#submitted(event), { signal });
    this.addEventListener("dragover", (event) => this.#hovered(event), { signal });
    this.addEventListener("drop", (event) => this.#brought(event, event.dataTransfer), { signal });
    document.addEventListener("paste", (event) => this.#brought(event, event.clipboardData), { signal });
    this.#arrived();
  }

  disconnectedCallback() {
    this.#listeners?.abort();
  }

  get #crop() {
    return this.querySelector("form.picture-crop");
  }

  get #ratio() {
    return this.dataset.ratio;
  }

  #arrived() {
    const file = handed();
    if (file) return this.#take(file);
    const chosen = this.querySelector("form.picture-chosen");
    if (!chosen) return undefined;
    chosen.querySelector("[data-crop]").hidden = false;
    const { width, height, picture } = chosen.dataset;
    if (hasShape(width, height, this.#ratio)) return undefined;
    return this.#cut(picture, "wanted", () => chosen.requestSubmit());
  }

  #pressed(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.name === "picture_key") this.#picked(event, button);
    else if (button.matches("[data-crop]")) this.#again(button.form);
    else if (button.matches("[data-back]")) this.#back();
    else if (button.matches("[data-whole]")) this.#send?.();
  }

  /** A picture of the library: the press is its submit, unless it has another shape. */
  #picked(event, button) {
    const { width, height, picture } = button.dataset;
    if (this.#ready || hasShape(width, height, this.#ratio)) return;
    event.preventDefault();
    this.#cut(picture, "wanted", () => button.form.requestSubmit(button));
  }

  #again(form) {
    this.#cut(form.dataset.picture, "", () => form.requestSubmit());
  }

  #changed(event) {
    if (event.target.id === "picture-input" && event.target.files.length) this.#take(event.target.files[0]);
  }

  /** The page behind would say that nothing may be dropped here. */
  #hovered(event) {
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = "copy";
  }

  #brought(event, transfer) {
    const files = [...(transfer?.files ?? [])];
    const file = files.find((each) => each.type.startsWith("image/")) ?? files[0];
    if (!file) return;
    event.preventDefault();
    event.stopPropagation();
    this.#take(file);
  }

  async #take(file) {
    const why = await misfit(file);
    const image = isPicture(file) && (why || this.#ratio) ? await readImage(file) : null;
    const fits = !image || hasShape(image.naturalWidth, image.naturalHeight, this.#ratio);
    if (!why && fits) return this.#post(file);
    return this.#open(image, why || "wanted", file.type, why ? null : () => this.#post(file));
  }

  async #cut(address, why, whole) {
    const image = await loadImage(address);
    if (image) this.#open(image, why, "image/png", whole);
    else whole();
  }

  #open(image, why, kind, whole) {
    this.#send = whole;
    for (const each of this.children) each.toggleAttribute("data-behind", !each.matches("header, link, .picture-crop"));
    this.#crop.hidden = false;
    this.#crop.querySelector("[data-whole]").hidden = !whole;
    this.#crop.querySelector("crop-pad").begin(image, why, kind);
  }

  #back() {
    this.#crop.hidden = true;
    for (const each of this.children) each.removeAttribute("data-behind");
    this.querySelector("[autofocus], [aria-current]")?.focus();
  }

  /** The submit of the crop waits for its picture; those of others go their way. */
  async #submitted(event) {
    if (event.target !== this.#crop || this.#ready) return;
    event.preventDefault();
    event.stopPropagation();
    const file = await this.#crop.querySelector("crop-pad").file();
    if (file) this.#post(file);
  }

  #post(file) {
    const one = new DataTransfer();
    one.items.add(file);
    this.#crop.querySelector("input[type=file]").files = one.files;
    this.#ready = true;
    this.#crop.requestSubmit();
    this.#ready = false;
  }
}

customElements.define("picture-choose", PictureChoose);
