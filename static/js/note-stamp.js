/* The composer of a note carries the moment it is about:
     <form id="composer"><input type="hidden" name="at_ms"><output data-stamp hidden></output>
     <textarea name="…">
   While the composer is empty and not focused the stamp follows the player; from the first key,
   or from the moment it is entered, it stands still. */

export class NoteStamp {
  /** `id` is the composer's; it may be replaced while the page is open. */
  constructor(id) {
    this.id = id;
  }

  get form() {
    return document.getElementById(this.id);
  }

  get field() {
    return this.form?.querySelector("textarea");
  }

  /** The player stands at this moment. */
  follow(atMs, words) {
    const { field } = this;
    if (!field || field.value || field === document.activeElement) return;
    this.set(atMs, words);
  }

  /** Pin the note to a moment. */
  set(atMs, words) {
    const hidden = this.form?.querySelector("input[name=at_ms]");
    const stamp = this.form?.querySelector("[data-stamp]");
    if (hidden) hidden.value = String(atMs);
    if (!stamp) return;
    stamp.hidden = false;
    stamp.textContent = words;
  }
}
