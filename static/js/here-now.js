/* <here-now src="/storyboards/K/presence/"><span id="here"></span></here-now>

   Says that this person is here: at once, every 10 s while the page is shown, within a second when
   they begin or end writing in a form with data-writing (the key of a shot, or "note"), and that
   they leave when the page closes. The answer: the others as #here, for each place somebody
   writes in an element with data-into, appended there, and what stops the orders as #alarms. What
   the pulse replaces gets its element back at once. Errors are asked again after 20, 40 and then
   every 60 s without a word; after 30 s without an answer nobody is shown. Hidden pages say
   nothing, so that their person is gone. */

import { parse, swapAll } from "./swap.js";

const EVERY = 10000;
const AT_MOST_EVERY = 1000;
const SLOWEST = 60000;
// Longer than EVERY, so that whoever looks now and then sees even one word being written.
const WRITES_FOR = 15000;
const STALE_AFTER = 30000;
const NOBODY = '<span id="here"></span>';

class HereNow extends HTMLElement {
  #writing = "";
  #said = null;
  #last = 0;
  #errors = 0;
  #asking = null;
  #shown = NOBODY;
  #placed = [];
  #timers = { next: 0, still: 0, stale: 0 };
  #listeners = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    document.addEventListener("input", (event) => this.#write(event.target), { signal });
    document.addEventListener("focusout", () => this.#rest(), { signal });
    document.addEventListener("submit", () => this.#rest(), { signal, capture: true });
    document.addEventListener("swapped", () => this.#restore(), { signal });
    document.addEventListener("visibilitychange", () => this.#visibility(), { signal });
    window.addEventListener("online", () => this.#soon(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#soon(), { signal });
    window.addEventListener("pagehide", () => this.#leave(), { signal });
    if (!document.hidden) this.#say();
  }

  disconnectedCallback() {
    this.#stop();
  }

  /** Keys in a field mean writing, until none came for 15 s. */
  #write(field) {
    const place = field instanceof Element ? field.closest("form[data-writing]") : null;
    // Words put back into a field by a script are not written now.
    if (!place?.contains(document.activeElement)) return;
    clearTimeout(this.#timers.still);
    this.#timers.still = setTimeout(() => this.#rest(), WRITES_FOR);
    this.#change(place.dataset.writing);
  }

  #rest() {
    clearTimeout(this.#timers.still);
    this.#change("");
  }

  #change(writing) {
    this.#writing = writing;
    if (writing !== this.#said) this.#soon();
  }

  /** Now, but never twice within a second: what changes back meanwhile is not said at all. */
  #soon() {
    this.#later(Math.max(50, this.#last + AT_MOST_EVERY - Date.now()));
  }

  #later(wait) {
    clearTimeout(this.#timers.next);
    if (!document.hidden) this.#timers.next = setTimeout(() => this.#say(), wait);
  }

  async #say() {
    if (this.#asking || !this.#listeners) return;
    this.#asking = new AbortController();
    this.#last = Date.now();
    this.#said = this.#writing;
    try {
      this.#take(await this.#ask());
    } catch {
      this.#errors += 1;
    } finally {
      this.#asking = null;
    }
    if (this.#writing !== this.#said) this.#soon();
    else this.#later(Math.min(SLOWEST, EVERY * 2 ** this.#errors));
  }

  async #ask() {
    const { signal } = this.#asking;
    const response = await this.#post(
      { writing: this.#writing },
      { signal: AbortSignal.any([signal, AbortSignal.timeout(8000)]) },
    );
    const { status, redirected } = response;
    return { status, redirected, text: status === 200 ? await response.text() : "" };
  }

  #post(fields, options) {
    return fetch(this.getAttribute("src"), {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"),
      ...options,
    });
  }

  #take({ status, redirected, text }) {
    // Signed out, or no longer theirs to see: the pulse says so in words.
    if (redirected || status === 403 || status === 404) return this.#end();
    if (status !== 200) throw new Error(`presence answered ${status}`);
    this.#errors = 0;
    this.#show(text);
    clearTimeout(this.#timers.stale);
    this.#timers.stale = setTimeout(() => this.#show(NOBODY), STALE_AFTER);
    return undefined;
  }

  #show(html) {
    if (html === this.#shown) return this.#restore();
    this.#shown = html;
    const gone = this.#placed;
    this.#placed = parse(html).filter((each) => each.dataset.into);
    const ids = new Set(this.#placed.map((each) => each.id));
    for (const { id } of gone) if (!ids.has(id)) document.getElementById(id)?.remove();
    // What stands there already is not said again to those who listen.
    const fresh = parse(html).filter((each) => !document.getElementById(each.id)?.isEqualNode(each));
    swapAll(fresh.map((each) => each.outerHTML).join(""), { gently: true });
    return undefined;
  }

  /** What stood in a part that was replaced since. */
  #restore() {
    for (const each of this.#placed) {
      if (document.getElementById(each.id)) continue;
      document.getElementById(each.dataset.into)?.append(each.cloneNode(true));
    }
  }

  #visibility() {
    if (!document.hidden) return this.#soon();
    clearTimeout(this.#timers.next);
    clearTimeout(this.#timers.still);
    this.#writing = "";
    return undefined;
  }

  /** The browser sends this after the page is gone. */
  #leave() {
    clearTimeout(this.#timers.next);
    this.#asking?.abort();
    this.#post({ leaving: "1" }, { keepalive: true }).catch(() => {});
  }

  #end() {
    this.#stop();
    this.#show(NOBODY);
  }

  #stop() {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#asking?.abort();
    this.#listeners?.abort();
    this.#listeners = null;
  }
}

customElements.define("here-now", HereNow);
