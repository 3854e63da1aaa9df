/* <p class="sr" id="room-news" role="status" data-counts="Open notes: {open}. Resolved: {resolved}."
     data-range="Range from {from} to {to}." data-no-range="The range is cleared.">

   Says politely what nobody with eyes on the page needs to be told: how many notes there are once
   somebody else has left or settled some, and which range was set. What one has done oneself is
   said by the answer to it (#thread-said). The place is never swapped. */

import { frameAt, timecode } from "./timecode.js";

let counts = read();
let answer = answered();
let soon = 0;
let range = "";

function read() {
  return ["open", "resolved"].map((name) => document.getElementById(`${name}-count`)?.textContent ?? "");
}

/** Drawn anew by each answer, so that the same words twice are two answers. */
function answered() {
  return document.getElementById("thread-said");
}

/** Once for all the parts of an answer. */
function look() {
  clearTimeout(soon);
  soon = setTimeout(tellCounts, 100);
}

function tellCounts() {
  const now = read();
  const isOwn = answer !== answered() && answered()?.textContent;
  const isNew = now.join() !== counts.join();
  counts = now;
  answer = answered();
  if (isNew && !isOwn) tell("counts", { open: now[0], resolved: now[1] });
}

function tellRange({ detail, target }) {
  const ends = detail && endsOf(detail, target.rate);
  const words = ends ? ends.join() : "";
  if (words === range) return;
  range = words;
  if (ends) tell("range", { from: ends[0], to: ends[1] });
  else tell("noRange", {});
}

/** The first frame and the last one, as they are read. */
function endsOf({ inMs, outMs }, rate) {
  return [frameAt(inMs, rate), frameAt(outMs, rate) - 1].map((frame) => timecode(frame, rate));
}

function tell(name, values) {
  const place = document.getElementById("room-news");
  if (place) place.textContent = place.dataset[name].replace(/\{(\w+)\}/g, (_whole, key) => values[key]);
}

document.addEventListener("swapped", look);
document.addEventListener("htmx:afterSettle", look);
document.addEventListener("range", tellRange);
