/* The edges of the timeline: <span class="edge" role="slider" data-edge="K"> at the end of shot K,
   and data-edge="" for the end of all.

   An edge is dragged, or moved with the arrow keys while it has the focus. An inner one moves whole
   seconds between its two shots, none below one; the end alone changes the total, and all shots
   follow. While dragging the numbers stand above the edge; Esc puts everything back. What came of
   it is sent on letting go. */

import { allowedTotal, divide, fitTo, stepTotal, totals, trade, values } from "./retime.js";
import { flush, later, total } from "./seconds-save.js";
import { isCovered } from "./typing.js";
import { say } from "./words.js";

const WAYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
let drag = null;

/** Say where each edge stands to those who hear the page. */
export function speak(timeline, seconds, sum) {
  const edges = [...timeline.querySelectorAll(".edge")];
  for (const [at, edge] of edges.entries()) {
    const isEnd = edge.dataset.edge === "";
    const pair = (seconds[at] ?? 0) + (seconds[at + 1] ?? 0);
    const [first, last] = isEnd ? [totals()[0] ?? 1, totals().at(-1) ?? 15] : [1, Math.max(1, pair - 1)];
    edge.setAttribute("aria-valuemin", String(first));
    edge.setAttribute("aria-valuemax", String(last));
    edge.setAttribute("aria-valuenow", String(isEnd ? sum : seconds[at]));
    edge.setAttribute("aria-valuetext", isEnd ? say("whole", { n: sum }) : say("block", { position: at + 1, n: seconds[at] }));
  }
}

function placeOf(edge) {
  return [...edge.closest(".track").querySelectorAll(".edge[data-edge]:not([data-edge=''])")].indexOf(edge);
}

function grab(event) {
  const edge = event.target.closest?.(".edge");
  if (!edge || event.button !== 0 || drag) return;
  event.preventDefault();
  edge.focus({ preventScroll: true });
  edge.setPointerCapture(event.pointerId);
  const seconds = values();
  const sum = seconds.reduce((all, each) => all + each, 0);
  const track = edge.closest(".track");
  const live = document.createElement("output");
  live.className = "live-value";
  track.append(live);
  drag = {
    edge, track, live, seconds, at: placeOf(edge), from: event.clientX, total: Number(total()?.input.value),
    sum, second: track.clientWidth / Math.max(1, sum),
  };
  track.classList.add("dragging");
  pull(event);
}

function pull(event) {
  if (!drag) return;
  const moved = Math.round((event.clientX - drag.from) / drag.second);
  if (drag.edge.dataset.edge === "") pullEnd(moved);
  else pullEdge(moved);
  const box = drag.track.getBoundingClientRect();
  const edge = drag.edge.getBoundingClientRect();
  const middle = edge.left + edge.width / 2 - box.left;
  drag.live.style.left = `${Math.max(24, Math.min(box.width - 24, middle))}px`;
}

function pullEdge(moved) {
  const { at, seconds } = drag;
  const by = Math.max(1 - seconds[at], Math.min(seconds[at + 1] - 1, moved));
  const now = seconds.with(at, seconds[at] + by).with(at + 1, seconds[at + 1] - by);
  if (String(now) !== String(values())) divide(now);
  drag.live.textContent = `${say("seconds", { n: now[at] })} | ${say("seconds", { n: now[at + 1] })}`;
}

/** The film gets shorter under the hand; longer, it is drawn to a smaller scale. */
function pullEnd(moved) {
  const sum = moved ? allowedTotal(drag.sum + moved) : drag.sum;
  if (sum === null) return;
  if (!moved) divide(drag.seconds, drag.total);
  else if (sum !== Number(total().input.value) || drag.sum !== drag.total) fitTo(sum, drag.seconds);
  drag.track.parentElement.style.width = `${Math.min(100, (100 * sum) / drag.sum)}%`;
  drag.live.textContent = say("seconds", { n: sum });
}

function release() {
  if (!drag) return;
  drag.live.remove();
  drag.track.classList.remove("dragging");
  drag.track.parentElement.style.width = "";
  drag = null;
  flush();
}

function press(event) {
  if (event.key === "Escape" && drag) {
    event.preventDefault();
    divide(drag.seconds, drag.total);
    return release();
  }
  const edge = event.target.closest?.(".edge");
  const way = WAYS[event.key];
  if (!edge || !way || event.altKey || event.ctrlKey || event.metaKey || isCovered()) return undefined;
  event.preventDefault();
  const at = placeOf(edge);
  if (edge.dataset.edge === "") stepTotal(way);
  else trade(at, way, at + 1);
  return later();
}

document.addEventListener("pointerdown", grab);
document.addEventListener("pointermove", pull);
document.addEventListener("pointerup", release);
document.addEventListener("pointercancel", release);
document.addEventListener("keydown", press);
