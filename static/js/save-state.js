/* <output id="save-state">: "Saving", "Saved 4 s ago", "Not saved: …". One for the page. */

import { say } from "./words.js";

let savedAt = 0;
let timer = 0;

/** Show one state; `bad` when words are not on the server. Read aloud only when it is bad. */
export function showState(name, { bad = false } = {}) {
  savedAt = 0;
  write(say(name), bad);
}

/** Show "Saved", then how long ago. */
export function showSaved() {
  savedAt = Date.now();
  write(say("savedNow"), false);
  clearInterval(timer);
  timer = setInterval(tick, 4000);
}

function tick() {
  if (!savedAt) return clearInterval(timer);
  const seconds = Math.round((Date.now() - savedAt) / 1000);
  const words =
    seconds < 60
      ? say("savedSeconds", { n: seconds })
      : say("savedMinutes", { n: Math.floor(seconds / 60) });
  write(words, false);
}

function write(words, bad) {
  const output = document.getElementById("save-state");
  if (!output) return;
  output.setAttribute("aria-live", bad ? "assertive" : "off");
  output.classList.toggle("bad", bad);
  output.textContent = words;
}
