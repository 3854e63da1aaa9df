/* <draw-deck>[<button data-draw data-key="d">Draw</button>] … <div popover><a data-save="plain"><a
   data-save="drawn"></div></draw-deck>: among the buttons of the player, opens and closes the
   drawing tools, which are fetched when they are first needed, and saves the frame that stands. */

import { fetchModules } from "./late-modules.js";
import { fetchSheets } from "./late-sheets.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

class DrawDeck extends HTMLElement {
  #listeners = null;
  #board = null;

  connectedCallback() {
    const bar = this.closest("take-player")?.querySelector(".tr");
    if (bar && this.parentElement !== bar) return bar.insertBefore(this, bar.lastElementChild);
    this.player = this.closest("take-player");
    this.hidden = false;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.button = this.querySelector("[data-draw]");
    this.button?.addEventListener("click", () => this.#toggle(), { signal });
    this.player.addEventListener("draw-turn", ({ detail }) => this.#turned(detail.isOpen), { signal });
    this.querySelector("[popover]").addEventListener("beforetoggle", () => this.#address(), { signal });
    document.addEventListener("change", ({ target }) => this.#waits(target), { signal });
    this.#waits(document.querySelector("drawn-note [name=drawing]"));
    return undefined;
  }

  disconnectedCallback() {
    this.#listeners?.abort();
  }

  async #toggle() {
    const board = await this.#fetched();
    if (board?.isOpen) board.close();
    else board?.open();
  }

  /** A drawing kept from an earlier visit is seen again. */
  #waits(field) {
    if (field?.matches?.("drawn-note [name=drawing]") && field.value) this.#fetched();
  }

  #fetched() {
    this.#board ??= this.#made().catch(() => {
      this.#board = null;
      toast(say("network"), "error");
    });
    return this.#board;
  }

  async #made() {
    const template = this.player.querySelector("template[data-draw-tools]");
    const box = document.importNode(template.content, true);
    await Promise.all([fetchSheets(box), fetchModules(box)]);
    template.after(box);
    return this.player.querySelector("draw-board");
  }

  #turned(isOpen) {
    this.button?.setAttribute("aria-pressed", String(isOpen));
  }

  #address() {
    const { address } = this.querySelector("[popover]").dataset;
    const notes = this.player.querySelector("frame-drawings")?.notes ?? [];
    const asked = new URLSearchParams({ frame: String(this.player.frame) });
    this.querySelector("[data-save=plain]").href = `${address}?${asked}`;
    for (const note of notes) asked.append("note", note);
    const drawn = this.querySelector("[data-save=drawn]");
    drawn.hidden = !notes.length;
    drawn.href = `${address}?${asked}`;
  }
}

customElements.define("draw-deck", DrawDeck);
