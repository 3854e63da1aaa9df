/* <drawn-note><input type="hidden" name="drawing"><span class="drawn-mark" hidden>… <button
   data-undraw>Remove</button></span></drawn-note> in the composer: the drawing the note will carry,
   kept in this browser until it is sent. draw-board.js puts it in; `change` says that it is
   another. */

import { drop, keep, kept } from "./unsent-words.js";

class DrawnNote extends HTMLElement {
  #listeners = null;

  connectedCallback() {
    this.field = this.querySelector("[name=drawing]");
    this.form = this.field.form;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.field.addEventListener("change", () => this.#show(), { signal });
    this.addEventListener("click", (event) => event.target.closest("[data-undraw]") && this.put("", this.atMs), { signal });
    this.form.addEventListener("htmx:beforeOnLoad", (event) => this.#answered(event), { signal });
    this.#bringBack();
    this.#show();
  }

  disconnectedCallback() {
    this.#listeners.abort();
  }

  /** The moment whose frame was drawn on. */
  get atMs() {
    return Number(this.dataset.atMs ?? this.form.elements.at_ms?.value ?? 0);
  }

  /** The drawing is this now ("" is none), on the frame that begins at this moment. */
  put(drawing, atMs) {
    this.dataset.atMs = String(atMs);
    this.field.value = drawing;
    if (drawing) keep(this.form, "drawing", drawing, String(atMs));
    else drop(this.form, "drawing");
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #bringBack() {
    const found = kept(this.form).find(([name]) => name === "drawing")?.[1];
    if (!found || (this.field.value && this.field.value !== found.value)) return;
    this.dataset.atMs = found.was;
    this.field.value = found.value;
    this.form.elements.at_ms.value = found.was;
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Sent: nothing waits any more. Refused, it stands in the answer. */
  #answered({ detail, target }) {
    if (target === this.form && detail.xhr.status < 300) drop(this.form, "drawing");
  }

  #show() {
    this.querySelector(".drawn-mark").hidden = !this.field.value;
  }
}

customElements.define("drawn-note", DrawnNote);
