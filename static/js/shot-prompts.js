/* <shot-prompts><ol><li data-start-ms="0" data-end-ms="3000">…</li>…</ol></shot-prompts>
   Marks the shot the film on the page stands in, keeps it in view, and gives its buttons with
   data-on-key="shift+k" that key (key-map.js). */

class ShotPrompts extends HTMLElement {
  #listeners = null;
  #current = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    // These events of a film do not bubble; capturing hears them all the same.
    const options = { capture: true, signal: this.#listeners.signal };
    for (const name of ["timeupdate", "seeking", "loadedmetadata"]) {
      document.addEventListener(name, ({ target }) => this.#follow(target), options);
    }
    this.#follow(document.querySelector("take-player video"));
  }

  disconnectedCallback() {
    this.#listeners?.abort();
  }

  #follow(film) {
    if (!(film instanceof HTMLVideoElement)) return;
    const at = film.currentTime * 1000;
    const prompts = [...this.querySelectorAll("[data-end-ms]")];
    const now = prompts.find((each) => at < Number(each.dataset.endMs)) ?? prompts.at(-1);
    if (!now || now === this.#current) return;
    this.#current = now;
    for (const each of prompts) each.removeAttribute("aria-current");
    now.setAttribute("aria-current", "true");
    for (const button of this.querySelectorAll("[data-on-key]")) {
      if (now.contains(button)) button.dataset.key = button.dataset.onKey;
      else delete button.dataset.key;
    }
    now.parentElement.scrollTop = now.offsetTop;
  }
}

customElements.define("shot-prompts", ShotPrompts);
