/* <copy-text for="wire-body"><button hidden>Copy</button></copy-text>: puts the words of the element
   with that id on the clipboard. The button is drawn only where that works. */

import { toast } from "./toast.js";
import { say } from "./words.js";

class CopyText extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () => this.#copy());
  }

  #copy() {
    const words = document.getElementById(this.getAttribute("for"))?.textContent ?? "";
    navigator.clipboard.writeText(words).then(
      () => toast(say("copiedText"), "success"),
      () => toast(say("notCopied"), "error"),
    );
  }
}

customElements.define("copy-text", CopyText);
