/* <live-pulse src="/storyboards/K/pulse/" after="418"></live-pulse>

   Asks `src?after=418` every 3 s, at once when the page is shown again or the network is back.
   Answers: 204 nothing newer; 200 `<live-pulse after="421">` and the elements to replace
   (see swap.js); 403 or 404 the page is no longer this person's. Errors are asked again after
   6, 12 and then every 15 s. A page hidden for a minute asks no more until it is shown. `data-done` on
   the answered element puts ✓ before the title of a hidden page. */

import { parse, retry, swapAll } from "./swap.js";
import { icon, say } from "./words.js";

const EVERY = 3000;
const SLOWEST = 15000;
const REST_AFTER = 60000;

class LivePulse extends HTMLElement {
  #timer = 0;
  #errors = 0;
  #hiddenSince = 0;
  #asking = null;
  #stale = false;
  #listeners = null;

  connectedCallback() {
    if (!this.getAttribute("src")) return;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    document.addEventListener("visibilitychange", () => this.#visibility(), { signal });
    window.addEventListener("online", () => this.ask(), { signal });
    document.addEventListener("saved", () => (this.#stale = true), { signal });
    document.addEventListener("pulse:ask", () => this.ask(), { signal });
    this.#later(EVERY);
  }

  disconnectedCallback() {
    this.#stop();
  }

  /** Ask now; a request under way is enough. */
  async ask() {
    if (this.#asking || !this.isConnected) return;
    clearTimeout(this.#timer);
    this.#asking = new AbortController();
    this.#stale = false;
    try {
      this.#take(await this.#fetch(), this.#asking);
    } catch {
      this.#errors += 1;
    } finally {
      this.#asking = null;
    }
    if (this.#listeners) this.#later(Math.min(SLOWEST, EVERY * 2 ** this.#errors));
  }

  async #fetch() {
    const address = new URL(this.getAttribute("src"), location.href);
    address.searchParams.set("after", this.getAttribute("after") ?? "0");
    const response = await fetch(address, {
      headers: { "HX-Request": "true" },
      signal: AbortSignal.any([this.#asking.signal, AbortSignal.timeout(20000)]),
    });
    const text = response.status === 200 ? await response.text() : "";
    return { status: response.status, redirected: response.redirected, text };
  }

  #take({ status, redirected, text }) {
    if (status === 401 || redirected) return this.#end(say("signedOut"));
    if (status === 403 || status === 404) return this.#end(say("gone"));
    if (status !== 200 && status !== 204) throw new Error(`pulse answered ${status}`);
    this.#errors = 0;
    retry();
    // What was asked before something was saved here may be older than the page: ask again.
    if (status === 200 && !this.#stale) this.#place(text);
  }

  #place(text) {
    const [cursor] = parse(text);
    if (cursor?.localName !== "live-pulse") throw new Error("not a pulse");
    swapAll(text, { gently: true });
    if (cursor.hasAttribute("after")) this.setAttribute("after", cursor.getAttribute("after"));
    if (cursor.hasAttribute("data-done") && document.hidden && !document.title.startsWith("✓")) {
      document.title = `✓ ${document.title}`;
    }
  }

  #end(words) {
    this.#stop();
    const notice = document.createElement("div");
    notice.className = "notice bad gone";
    notice.setAttribute("role", "alert");
    const text = document.createElement("span");
    text.textContent = words;
    notice.append(icon("badc", "l"), text);
    document.body.append(notice);
  }

  #visibility() {
    if (document.hidden) {
      this.#hiddenSince = Date.now();
      return;
    }
    this.#hiddenSince = 0;
    document.title = document.title.replace(/^✓ /, "");
    this.ask();
  }

  #later(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#hiddenSince && Date.now() - this.#hiddenSince > REST_AFTER) return;
      this.ask();
    }, wait);
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#listeners?.abort();
    this.#listeners = null;
  }
}

customElements.define("live-pulse", LivePulse);
