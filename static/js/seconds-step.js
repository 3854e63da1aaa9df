/* <seconds-step class="step"><button type="button" data-step="-1">−</button>
   <input type="number" min="1" max="15"><button type="button" data-step="1">+</button></seconds-step>

   The buttons change the number within min and max and tell the form as typing would. */

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
    if (button && input) setSeconds(input, Number(input.value || 0) + Number(button.dataset.step));
  }
}

/** Set a number of seconds as if it had been typed; false when it is outside the field's bounds. */
export function setSeconds(input, seconds) {
  if (seconds < Number(input.min || 1) || seconds > Number(input.max || 99)) return false;
  input.value = String(seconds);
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

customElements.define("seconds-step", SecondsStep);
