/* <number-slide><input type="number" min="0" max="1" step="0.05"></number-slide>

   A slider beside the number; the number is the form's field, and an empty one stays empty until
   the slider is moved. */

class NumberSlide extends HTMLElement {
  connectedCallback() {
    this.#number = this.querySelector("input[type=number]");
    if (!this.#number) return;
    this.#range = this.querySelector("input[type=range]") ?? this.#made();
    this.#follow();
    this.addEventListener("input", this);
  }

  disconnectedCallback() {
    this.removeEventListener("input", this);
  }

  handleEvent(event) {
    if (event.target === this.#number) return this.#follow();
    this.#number.value = this.#range.value;
    this.#follow();
    return this.#number.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #number = null;
  #range = null;

  #made() {
    const range = document.createElement("input");
    const { min, max, step, labels, disabled } = this.#number;
    Object.assign(range, { type: "range", min, max, step, disabled });
    range.setAttribute("aria-label", labels[0]?.textContent ?? "");
    this.prepend(range);
    return range;
  }

  #follow() {
    const { value, min, max } = this.#number;
    this.#range.value = value || String((Number(min) + Number(max)) / 2);
    this.classList.toggle("unset", value === "");
  }
}

customElements.define("number-slide", NumberSlide);
