/* <live-pulse src="/storyboards/K/pulse/" after="418" stream="/live/projects/K/"></live-pulse>

   Asks `src?after=418` when the stream tells of a newer serial (live-stream.js), and every 20 s
   for what changes without one. Without a stream it asks every 3 s. It asks at once when the page
   is shown again or the network is back, and every 30 s in a page hidden for a minute, whose
   stream is closed meanwhile. The attribute `streaming` says that a stream runs.
   While htmx sends a form it rests, and asks when that is over: htmx finds no place for the answer
   to a form that was replaced meanwhile.
   Answers: 204 nothing newer; 200 `<live-pulse after="421">` and the elements to replace
   (see swap.js); 403 or 404 the page is no longer this person's. Errors are asked again after
   6, 12 and then every 15 s. `data-done` on the answered element puts ✓ before the title of a
   hidden page. */

import { heldRows } from "./held-rows.js";
import { LiveStream } from "./live-stream.js";
import { parse, retry, swapAll } from "./swap.js";
import { icon, say } from "./words.js";

const EVERY = 3000;
const SAFETY = 20000;
const SLOWEST = 15000;
const HIDDEN = 30000;
const REST_AFTER = 60000;
const JITTER = 150; // many pages hear the same signal

class LivePulse extends HTMLElement {
  #timer = 0;
  #rest = 0;
  #errors = 0;
  #heard = 0;
  #settled = 0;
  #rests = false;
  #isRung = false;
  #asking = null;
  #stale = false;
  #lacks = false;
  #sending = 0;
  #listeners = null;
  #stream = null;

  connectedCallback() {
    if (!this.getAttribute("src")) return;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    document.addEventListener("visibilitychange", () => this.#visibility(), { signal });
    window.addEventListener("online", () => this.#network(), { signal });
    window.addEventListener("pagehide", () => this.#stream?.close(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#shown(), { signal });
    document.addEventListener("saved", () => (this.#stale = true), { signal });
    document.addEventListener("pulse:ask", () => this.ask(), { signal });
    document.addEventListener("rows:missing", () => this.#again(), { signal });
    document.addEventListener("htmx:beforeSend", ({ detail }) => this.#sends(detail), { signal });
    this.#follow();
    this.#later();
    if (document.hidden) this.#visibility();
  }

  disconnectedCallback() {
    this.#stop();
  }

  /** Ask now; a request under way is enough. */
  async ask() {
    if (this.#asking || this.#sending || !this.#listeners) return;
    clearTimeout(this.#timer);
    const asking = new AbortController();
    this.#asking = asking;
    this.#isRung = false;
    this.#stale = false;
    const heard = this.#heard;
    const src = this.getAttribute("src");
    try {
      const answer = await this.#fetch(asking.signal);
      if (this.#asking !== asking) return;
      // The page shows another part by now.
      if (this.getAttribute("src") !== src) this.#stale = true;
      this.#take(answer);
      if (!this.#stale) this.#settled = Math.max(this.#settled, heard);
    } catch {
      if (this.#asking === asking) this.#errors += 1;
    } finally {
      if (this.#asking === asking) {
        this.#asking = null;
        this.#later();
      }
    }
  }

  /** Ask now; a request from before a pause may hang for long. */
  #afresh() {
    this.#asking?.abort();
    this.#asking = null;
    this.ask();
  }

  /** An answer left out what the page had when it was asked for, and has no more. */
  #again() {
    this.#lacks = true;
    this.ask();
  }

  #sends({ xhr, requestConfig }) {
    if (requestConfig.verb === "get") return;
    this.#sending += 1;
    this.#stale = true;
    xhr.addEventListener("loadend", () => {
      this.#sending -= 1;
      this.ask();
    });
  }

  #follow() {
    this.#stream = new LiveStream(this.getAttribute("stream"), {
      rang: (serial) => this.#rang(serial),
      opened: () => this.#streaming(true),
      lost: () => this.#streaming(false),
      gone: () => this.ask(), // its answer says which words to end with
    });
    this.#stream.open();
  }

  #streaming(isOpen) {
    this.toggleAttribute("streaming", isOpen);
    if (!this.#asking) this.#later();
  }

  #rang(serial) {
    this.#heard = Math.max(this.#heard, serial);
    if (this.#asking || this.#isRung || !this.#isBehind()) return;
    this.#isRung = true;
    this.#later();
  }

  /** Something was heard of that no answer has shown yet. */
  #isBehind() {
    if (this.#lacks) return true;
    const shown = Number.parseInt(this.getAttribute("after"), 10) || 0;
    return this.#heard > Math.max(shown, this.#settled);
  }

  async #fetch(signal) {
    const address = new URL(this.getAttribute("src"), location.href);
    address.searchParams.set("after", (!this.#lacks && this.getAttribute("after")) || "0");
    this.#lacks = false;
    const response = await fetch(address, {
      headers: { "HX-Request": "true", ...heldRows() },
      signal: AbortSignal.any([signal, AbortSignal.timeout(20000)]),
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
    clearTimeout(this.#rest);
    if (document.hidden) {
      this.#rest = setTimeout(() => this.#fallAsleep(), REST_AFTER);
      return;
    }
    document.title = document.title.replace(/^✓ /, "");
    this.#shown();
  }

  #shown() {
    this.#rests = false;
    this.#stream.wake();
    this.#afresh();
  }

  /** Streams and answers from before may hang for minutes. */
  #network() {
    if (!this.#rests) this.#stream.renew();
    this.#afresh();
  }

  /** Pages nobody looks at leave the few streams of a browser to others. */
  #fallAsleep() {
    this.#rests = true;
    this.#stream.close();
  }

  #later() {
    clearTimeout(this.#timer);
    if (this.#listeners) this.#timer = setTimeout(() => this.ask(), this.#pause());
  }

  #pause() {
    if (this.#errors) return Math.min(SLOWEST, EVERY * 2 ** this.#errors);
    if (this.#isBehind()) return Math.random() * JITTER;
    if (this.#rests) return HIDDEN;
    return this.#stream.isOpen ? SAFETY : EVERY;
  }

  #stop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#rest);
    this.#asking?.abort();
    this.#stream?.close();
    this.#listeners?.abort();
    this.#listeners = null;
  }
}

customElements.define("live-pulse", LivePulse);
