/* <seconds-step class="step"><button type="button" data-step="-1">−</button>
   <input type="number" data-retimed><button type="button" data-step="1">+</button></seconds-step>

   The buttons move a second from or to a neighbour; with Shift held the total changes instead. */

import { step } from "./retime.js";

class SecondsStep extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
  }

  handleEvent(event) {
    const button = event.target.closest("button[data-step]");
    const input = this.querySelector("input");
    if (button && input) step(input, Number(button.dataset.step), { withTotal: event.shiftKey });
  }
}

customElements.define("seconds-step", SecondsStep);
