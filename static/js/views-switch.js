/* <views-switch><form><input type="radio" name="view" value="list">…</form></views-switch> in .ed:
   the same board as cards, as a list or as a timeline (data-view on .ed), at once and without
   asking; the cookie tells the server how to draw the page next time. Shift V goes to the next.
   Selection, focus and unsent words stay, for nothing is drawn anew. */

import { isResting } from "./typing.js";

const A_YEAR = 365 * 24 * 3600;

class ViewsSwitch extends HTMLElement {
  #listeners = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.addEventListener("change", () => this.#show(), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  disconnectedCallback() {
    this.#listeners?.abort();
  }

  get #choices() {
    return [...this.querySelectorAll("input[type=radio]")];
  }

  #key(event) {
    if (event.key !== "V" || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isResting(event.target)) return;
    event.preventDefault();
    const all = this.#choices;
    all[(all.findIndex((each) => each.checked) + 1) % all.length].checked = true;
    this.#show();
  }

  #show() {
    const view = this.#choices.find((each) => each.checked)?.value ?? "cards";
    const editor = this.closest(".ed");
    if (editor) editor.dataset.view = view;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `view=${view}; Path=/; Max-Age=${A_YEAR}; SameSite=Lax${secure}`;
    const here = document.activeElement?.closest(".shot") ?? document.querySelector(".shot.sel");
    here?.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("views-switch", ViewsSwitch);
