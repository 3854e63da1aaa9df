/* The keys of a take, used by take-player.js: what is pressed → what the player does. Letters are
   those that are typed, on a layout without Latin letters those of the same keys elsewhere. Only
   the arrows and , . do it again while they are held. */

import { letterOf } from "./key-letter.js";
import { isCovered, isResting, isTyping } from "./typing.js";

const AGAIN = new Set([",", ".", "ArrowLeft", "ArrowRight"]);
const PRESSED = "button, a, summary, input, label";

/** Listen on the document until `signal` says so. */
export function listenToKeys(player, signal) {
  document.addEventListener("keydown", (event) => pressed(player, event), { signal });
}

function pressed(player, event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (!isSeen(player)) return;
  const act = event.altKey ? withAlt(player, event) : alone(player, event);
  if (!act) return;
  event.preventDefault();
  if (!event.repeat || AGAIN.has(event.key)) act();
}

/** Of several players only the one in sight listens. */
function isSeen(player) {
  return player.film.checkVisibility?.() ?? true;
}

/** These also while somebody writes; by the key itself, Alt changes what it types. */
function withAlt(player, { code, shiftKey }) {
  if (shiftKey || isCovered()) return null;
  return {
    KeyP: () => player.toggle(),
    Comma: () => player.noteStep(-1),
    Period: () => player.noteStep(1),
  }[code];
}

function alone(player, event) {
  const { key, target } = event;
  if (isTyping(target) || isCovered()) return null;
  if (key === " ") return target.closest?.(PRESSED) ? null : () => player.toggle();
  if (key.length === 1) return isResting(target) ? null : single(player, event);
  return named(player, event);
}

function single(player, event) {
  if (/^[1-6]$/.test(event.key)) return player.shots[event.key - 1] && (() => player.toShot(Number(event.key)));
  const step = { ",": -1, ".": 1 }[event.key];
  if (step) return () => player.frameStep(step);
  const letter = letterOf(event);
  if (event.shiftKey) return letter === "l" ? () => player.inOut.toggleLoop() : null;
  return {
    k: () => player.stop(),
    l: () => player.faster(),
    j: () => player.backwards(),
    i: () => player.inOut.begin(player.frame),
    o: () => player.inOut.end(player.frame),
    c: () => player.write(),
  }[letter];
}

function named(player, { key, shiftKey }) {
  const arrow = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (arrow) return () => (shiftKey ? player.shotStep(arrow) : player.secondStep(arrow));
  return {
    Home: () => player.toFrame(0),
    End: () => player.toFrame(Infinity),
    Escape: isDrawing(player) || player.inOut.isEmpty ? null : () => player.inOut.clear(),
  }[key];
}

/** Escape closes the tools first. */
function isDrawing(player) {
  return player.querySelector("draw-board.on") !== null;
}
