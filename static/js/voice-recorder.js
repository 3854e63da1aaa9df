/* <voice-recorder data-shortest="5" data-longest="30" data-most-bytes="20971520">
     <div class="recorder-box" hidden><div data-when="start">…</div>… one for each state …</div>
     <input type="file"> …
     <div class="recorder-sending" hidden><progress></progress></div></voice-recorder>

   Records a voice and puts it into the file field, so that the form around it sends it like any
   file; without scripts that field is all there is. All words are in the markup: one part for each
   state, of which one is shown. The form is sent here, with its progress; what is wrong with it is
   drawn in its place, and the recording stays. */

import { Microphone, canRecord } from "./microphone.js";
import { upload } from "./upload.js";
import { waveformOf } from "./waveform.js";

// What is cut off at the ends when sound is packed and unpacked again.
const MARGIN = 0.4;
const QUIET = 0.003; // −50 dB, as media/voices.py has it
const LOUD = 0.99;

class VoiceRecorder extends HTMLElement {
  #listeners = null;
  #microphone = null;
  #blob = null;
  #address = "";
  #loudest = 0;

  connectedCallback() {
    this.box = this.querySelector(".recorder-box");
    this.field = this.querySelector("input[type=file]");
    this.shortest = Number(this.dataset.shortest);
    this.longest = Number(this.dataset.longest);
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.addEventListener("click", (event) => this.#press(event), { signal });
    this.field.addEventListener("change", () => this.#chosen(), { signal });
    this.closest("form")?.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.box.hidden = false;
    this.#state(canRecord() ? "start" : "cannot");
  }

  disconnectedCallback() {
    this.#listeners?.abort();
    this.#microphone?.close();
    this.#forget();
  }

  #press({ target }) {
    if (target.closest("[data-record]")) this.#record();
    else if (target.closest("[data-stop]")) this.#microphone?.stop();
    else if (target.closest("[data-use]")) this.#use();
  }

  async #record() {
    this.#forget();
    this.#state("asking");
    try {
      this.#microphone = await Microphone.open();
    } catch (refusal) {
      this.#state(stateOf(refusal));
      return;
    }
    if (!this.isConnected) {
      this.#microphone.close();
      return;
    }
    this.#loudest = 0;
    this.#state("recording");
    const recorded = await this.#microphone.record((seconds, level) => this.#heard(seconds, level));
    if (this.isConnected) await this.#recorded(recorded);
  }

  /** Ten times a second. */
  #heard(seconds, level) {
    this.#loudest = Math.max(this.#loudest, level);
    this.querySelector(".recorder-time").textContent = clock(seconds);
    this.querySelector(".recorder-bar progress").value = seconds;
    // Ears hear ratios: 48 decibels from left to right, as in the waveform.
    const part = level ? Math.max(0, 1 + (20 * Math.log10(level)) / 48) : 0;
    this.querySelector(".recorder-level").style.setProperty("--level", `${Math.min(1, part) * 100}%`);
    this.querySelector("[data-quiet]").hidden = seconds < 2 || this.#loudest > QUIET;
    this.querySelector("[data-loud]").hidden = this.#loudest < LOUD;
    if (seconds >= this.longest - MARGIN) this.#microphone.stop();
  }

  async #recorded({ blob, seconds }) {
    if (!blob.size || seconds < this.shortest + MARGIN / 2) return this.#state("short");
    this.#blob = blob;
    this.#address = URL.createObjectURL(blob);
    this.querySelector("audio").src = this.#address;
    this.querySelector(".recorder-length").textContent = clock(seconds);
    const drawn = await waveformOf(blob);
    for (const path of this.querySelectorAll(".voice-wave path")) path.setAttribute("d", drawn);
    return this.#state("done");
  }

  #use() {
    const type = this.#blob.type.split(";")[0];
    const ending = { "audio/mp4": "m4a", "audio/ogg": "ogg" }[type] ?? "webm";
    const files = new DataTransfer();
    files.items.add(new File([this.#blob], `recording.${ending}`, { type }));
    this.field.files = files.files;
    this.#isUsed(true);
    this.querySelector("[data-large]").hidden = true;
    this.closest("form")?.querySelector("input[name=name]")?.focus();
  }

  /** Somebody chose another file by hand. */
  #chosen() {
    this.#isUsed(false);
    this.querySelector("[data-large]").hidden = !this.#isTooLarge();
  }

  #isUsed(so) {
    this.querySelector("[data-used]").hidden = !so;
    this.querySelector("[data-use]").hidden = so;
  }

  #isTooLarge() {
    return (this.field.files[0]?.size ?? 0) > Number(this.dataset.mostBytes);
  }

  #submit(event) {
    event.preventDefault();
    if (!this.field.files.length && this.#blob) this.#use();
    if (this.#isTooLarge()) return this.field.focus();
    return upload(event.target, this.querySelector(".recorder-sending"));
  }

  #forget() {
    if (this.#address) URL.revokeObjectURL(this.#address);
    if (this.#blob && !this.querySelector("[data-used]").hidden) this.field.value = "";
    this.#isUsed(false);
    this.#blob = null;
    this.#address = "";
  }

  /** Show one part; the focus follows what had it. */
  #state(name) {
    const held = this.box.contains(document.activeElement);
    for (const part of this.box.querySelectorAll(":scope > [data-when]")) {
      part.hidden = part.dataset.when !== name;
      if (held && !part.hidden) (part.querySelector("button:not([hidden])") ?? part).focus();
    }
  }
}

/** Which words an error of getUserMedia deserves (W3C Media Capture and Streams, 10.3). */
function stateOf({ name }) {
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "busy";
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

customElements.define("voice-recorder", VoiceRecorder);
