/* <prompt-field data-limit="512" data-count="shot-K-count"><textarea …></textarea></prompt-field>

   Writes "133 of 512" into the output of that id while the person types, "9 over 512" in the bad
   colour past the limit. Counts UTF-16 units, as the limit does. Typing on is allowed. */

import { say } from "./words.js";

class PromptField extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", this);
  }

  disconnectedCallback() {
    this.removeEventListener("input", this);
  }

  handleEvent() {
    const field = this.querySelector("textarea, input");
    const output = document.getElementById(this.dataset.count);
    if (!field || !output) return;
    const limit = Number(this.dataset.limit);
    const over = field.value.length - limit;
    output.textContent = over > 0 ? say("over", { n: over, limit }) : say("count", { n: field.value.length, limit });
    output.classList.toggle("over", over > 0);
    field.setAttribute("aria-invalid", String(over > 0));
  }
}

customElements.define("prompt-field", PromptField);
