/* <auto-save><form method="post" action="/shots/K/">…</form></auto-save>

   Sends the fields that changed, 600 ms after the last key and at once when a field is left or
   chosen: POST to the form's action as the form would, with HX-Request: true, and for each field
   `x` the hidden `was_x` (what its words started from), if the form has one. Fields marked
   data-retimed are sent by seconds-save, here only to end a conflict. Buttons in the form
   with a formaction or hx-post go their own way; any other button saves now and is sent along
   (name="keep" value="prompt" in a conflict: mine stay, and `now_prompt` says what was seen;
   name="take": the answer's field wins).
   Answers (all are rows of elements for swap.js):
     200       saved; `was_x` of the sent fields is taken from the answer
     422, 409  not saved; the answer holds the field's errors or the conflict
   Unsent words are marked data-unsent, kept in localStorage and put back into the field when the
   page opens again; leaving the page asks first. A chosen file is sent by itself, at once. */

import { keep, kept, drop } from "./unsent-words.js";
import { forget, parse, retry, swapAll } from "./swap.js";
import { showSaved, showState } from "./save-state.js";

const PAUSE = 600;
const SLOWEST = 15000;

class AutoSave extends HTMLElement {
  #form = null;
  #saved = new Map();
  #refused = new Map();
  #timer = 0;
  #sending = false;
  #underWay = Promise.resolve();
  #again = false;
  #errors = 0;
  #listeners = null;

  connectedCallback() {
    this.#form = this.querySelector("form");
    if (!this.#form) return;
    for (const name of this.#names()) this.#saved.set(name, this.#given(name));
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.#form.addEventListener("input", (event) => this.#changed(event), { signal });
    this.#form.addEventListener("change", (event) => this.#chosen(event), { signal });
    this.#form.addEventListener("focusout", () => this.save(), { signal });
    this.#form.addEventListener("keydown", (event) => this.#entered(event), { signal });
    this.#form.addEventListener("submit", (event) => this.#submitted(event), { signal });
    window.addEventListener("online", () => this.save(), { signal });
    window.addEventListener("beforeunload", (event) => this.#leaving(event), { signal });
    this.#restore();
    this.#early();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#listeners?.abort();
  }

  /** Send what changed, now; settles when nothing is under way any more. */
  save() {
    clearTimeout(this.#timer);
    const names = this.#unsent().filter((name) => this.#refused.get(name) !== this.#value(name));
    if (names.length) return this.#send(names, this.#body(names));
    return Promise.resolve();
  }

  #names() {
    const named = [...this.#form.elements].filter(
      (each) =>
        each.name &&
        !/^(was_|csrf)/.test(each.name) &&
        !/^(hidden|file|submit|button|fieldset)$/.test(each.type) &&
        !each.hasAttribute("data-retimed"),
    );
    return [...new Set(named.map((each) => each.name))];
  }

  #fields(name) {
    return [...this.#form.elements].filter((each) => each.name === name);
  }

  #value(name) {
    const [field] = this.#fields(name);
    if (field?.type === "radio") return this.#fields(name).find((each) => each.checked)?.value ?? "";
    if (field?.type === "checkbox") return field.checked ? field.value : "";
    return field?.value ?? "";
  }

  /** What the server wrote into the page, whatever was typed since. */
  #given(name) {
    const [field] = this.#fields(name);
    if (field?.type === "radio") return this.#fields(name).find((each) => each.defaultChecked)?.value ?? "";
    if (field?.type === "checkbox") return field.defaultChecked ? field.value : "";
    if (field?.localName !== "select") return field?.defaultValue ?? "";
    const options = [...field.options];
    return (options.find((each) => each.defaultSelected) ?? options[0])?.value ?? "";
  }

  /** Words typed before this script ran are unsent like any others. */
  #early() {
    const names = this.#unsent();
    if (!names.length) return;
    for (const name of names) this.#mark(name);
    this.#timer = setTimeout(() => this.save(), PAUSE);
  }

  #unsent() {
    return this.#names().filter((name) => this.#value(name) !== this.#saved.get(name));
  }

  #started(name) {
    return this.#form.querySelector(`input[name="was_${CSS.escape(name)}"]`);
  }

  #body(names) {
    const body = new FormData();
    const token = this.#form.querySelector("input[name=csrfmiddlewaretoken]");
    if (token) body.append(token.name, token.value);
    for (const name of names) {
      body.append(name, this.#value(name));
      const started = this.#started(name);
      if (started) body.append(started.name, started.value);
    }
    return body;
  }

  #changed(event) {
    const { name, type } = event.target;
    if (!name || type === "file" || !this.#saved.has(name)) return;
    this.#mark(name);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), PAUSE);
  }

  #mark(name) {
    const unsent = this.#value(name) !== this.#saved.get(name);
    for (const field of this.#fields(name)) field.toggleAttribute("data-unsent", unsent);
    if (!unsent) return drop(this.#form, name);
    keep(this.#form, name, this.#value(name), this.#started(name)?.value ?? "");
    showState("notSavedYet");
  }

  /** Enter in a line saves; the browser would press the form's first button. */
  #entered(event) {
    if (event.key !== "Enter" || !event.target.matches("input:not([type=file], [type=submit])")) return;
    event.preventDefault();
    this.save();
  }

  #chosen(event) {
    if (event.target.type !== "file") return this.save();
    if (!event.target.files.length) return undefined;
    const body = this.#body([]);
    body.append(event.target.name, event.target.files[0]);
    event.target.value = "";
    return this.#underWay.then(() => this.#send([], body));
  }

  #submitted(event) {
    const button = event.submitter;
    if (button?.hasAttribute("formaction") || button?.hasAttribute("hx-post")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!button?.name) return void this.save();
    const names = this.#fields(button.value).length ? [button.value] : this.#unsent();
    const body = this.#body(names);
    body.append(button.name, button.value);
    const seen = this.#form.querySelector(`input[name="now_${CSS.escape(button.value)}"]`);
    if (seen) body.append(seen.name, seen.value);
    if (button.name === "take") for (const name of names) this.#settle(name, this.#value(name));
    this.#send(names, body);
  }

  #send(names, body) {
    if (this.#sending) {
      this.#again = true;
      return this.#underWay;
    }
    this.#underWay = this.#deliver(names, body);
    return this.#underWay;
  }

  async #deliver(names, body) {
    this.#sending = true;
    showState("saving");
    const sent = new Map(names.map((name) => [name, this.#value(name)]));
    try {
      const response = await fetch(this.#form.action, {
        method: "POST",
        body,
        headers: { "HX-Request": "true", "X-CSRFToken": body.get("csrfmiddlewaretoken") ?? "" },
        signal: AbortSignal.timeout(30000),
      });
      this.#answered(response, response.redirected ? "" : await response.text(), sent);
    } catch {
      this.#failed("notSavedNetwork");
    } finally {
      this.#sending = false;
    }
    if (!this.#again) return;
    this.#again = false;
    await this.save();
  }

  #answered(response, text, sent) {
    if (response.status === 401 || response.redirected) return showState("notSavedSignedOut", { bad: true });
    if (response.status === 403 || response.status === 404) return showState("notSavedGone", { bad: true });
    if (response.status === 422 || response.status === 409) return this.#notSaved(text, sent);
    if (!response.ok) return this.#failed("notSavedServer");
    this.#errors = 0;
    forget(this.#form);
    const fresh = parse(text);
    for (const [name, value] of sent) {
      this.#settle(name, value);
      this.#restart(name, fresh);
    }
    document.dispatchEvent(new CustomEvent("saved")); // before the answer's own words come
    swapAll(text);
    retry();
    if (this.#unsent().length) showState("notSavedYet");
    else showSaved();
    return undefined;
  }

  #notSaved(text, sent) {
    for (const [name, value] of sent) this.#refused.set(name, value);
    swapAll(text);
    showState("notSavedFields", { bad: true });
  }

  #failed(words) {
    showState(words, { bad: true });
    this.#errors += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), Math.min(SLOWEST, 1500 * 2 ** this.#errors));
  }

  /** That value is on the server. */
  #settle(name, value) {
    this.#saved.set(name, value);
    this.#refused.delete(name);
    if (this.#value(name) !== value) return;
    for (const field of this.#fields(name)) field.removeAttribute("data-unsent");
    drop(this.#form, name);
  }

  /** From now on the words in the field start from what the server just stored. */
  #restart(name, fresh) {
    const mine = this.#started(name);
    const box = mine?.closest("[id]");
    if (!box) return;
    for (const element of fresh) {
      const there = element.id === box.id ? element : element.querySelector(`#${CSS.escape(box.id)}`);
      const theirs = there?.querySelector(`input[name="${CSS.escape(mine.name)}"]`);
      if (theirs) mine.value = theirs.value;
    }
  }

  #restore() {
    let restored = false;
    for (const [name, words] of kept(this.#form)) {
      const [field] = this.#fields(name);
      if (!field) continue; // another form of the same address
      if (!this.#saved.has(name) || words.value === this.#value(name) || /^(radio|checkbox)$/.test(field.type)) {
        drop(this.#form, name);
        continue;
      }
      field.value = words.value;
      const started = this.#started(name);
      if (started && words.was) started.value = words.was;
      field.setAttribute("data-unsent", "");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      restored = true;
    }
    if (restored) showState("notSavedYet", { bad: true });
  }

  #leaving(event) {
    if (this.#unsent().length) event.preventDefault();
  }
}

customElements.define("auto-save", AutoSave);
