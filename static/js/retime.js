/* What a change of seconds means. A shot gains from the next one and the last from the one before,
   so the sum stands; where it is off, a step towards the total is that shot's alone. The total, or
   a shot with Shift held, changes the total, and a single shot is the total. A new total is shared
   out in the old proportions.

   #timeline carries data-totals="3 4 5 …", the totals that can be ordered. */

import { fit, nearest, nextOf, spread } from "./seconds-math.js";
import { flush, later, put, shots, total, typed } from "./seconds-save.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const AFTER_A_KEY = 600;
let base = null;

/** One step of a field: a shot's seconds or the total. `withTotal`: the others keep theirs. */
export function step(input, way, { withTotal = false } = {}) {
  const all = shots();
  const at = all.findIndex((shot) => shot.input === input);
  if (at < 0) stepTotal(way);
  else if (withTotal || all.length === 1) grow(at, way);
  else if (Math.sign(missing(values(), value(total()))) === way) put([[all[at], value(all[at]) + way]]);
  else cross(at, way);
  begin();
  later();
}

/** Move a second across the end of the shot at this place. */
export function cross(at, way) {
  const all = shots();
  if (!trade(at, way)) toast(say("noSecond", { n: (way > 0 ? neighbour(at, all) : at) + 1 }), "info");
  later();
}

/** The shot at this place gains that many seconds from `other`; false when one would fall below 1. */
export function trade(at, seconds, other = neighbour(at, shots())) {
  const all = shots();
  const [gain, loss] = [value(all[at]) + seconds, value(all[other]) - seconds];
  if (!(gain >= 1 && loss >= 1)) return false;
  put([[all[at], gain], [all[other], loss]]);
  return true;
}

/** Numbers for all shots, and the total when it is given. */
export function divide(seconds, sum = null) {
  const all = shots();
  const pairs = seconds.map((each, at) => [all[at], each]);
  if (sum !== null && total()) pairs.push([total(), sum]);
  put(pairs);
}

/** This total, shared out in the proportions of `seconds`: as they stand unless given. */
export function fitTo(sum, seconds = values()) {
  const shares = fit(seconds, sum);
  if (!shares) return false;
  divide(shares, sum);
  return true;
}

/** Share the total out evenly. */
function spreadEvenly() {
  const sum = value(total());
  const shares = spread(shots().length, sum);
  if (shares) divide(shares);
  else toast(say("cannotSpread", { n: shots().length, total: sum }), "info");
  flush();
}

/** One step of the total, to the next that can be ordered. */
export function stepTotal(way) {
  const sum = nextOf(totals(), value(total()), way);
  if (sum === undefined || !fitTo(sum)) toast(say("totalEnds"), "info");
}

/** The seconds of the shots as they stand on the page. */
export function values() {
  return shots().map(value);
}

/** The totals that can be ordered, ascending. */
export function totals() {
  return (document.getElementById("timeline")?.dataset.totals ?? "").split(" ").filter(Boolean).map(Number);
}

/** The nearest total that can be ordered and has a second for each shot. */
export function allowedTotal(wanted) {
  const can = totals().filter((each) => each >= shots().length);
  return can.length ? nearest(can, wanted) : null;
}

function value(field) {
  return Number(field?.input.value);
}

/** How much the shots lack to the total. */
function missing(seconds, sum) {
  return sum - seconds.reduce((all, each) => all + each, 0);
}

function neighbour(at, all) {
  return at + 1 < all.length ? at + 1 : at - 1;
}

function grow(at, way) {
  const all = shots();
  const single = all.length === 1;
  const before = single ? value(all[0]) : value(total());
  const sum = nextOf(totals(), before, way);
  const seconds = value(all[at]) + (sum - before);
  if (sum === undefined || !(seconds >= 1)) toast(say("totalEnds"), "info");
  else put([[all[at], seconds], [total(), sum]]);
}

/* Typing: each key counts from what stood there when the field was entered. */

function begin() {
  base = { seconds: values(), total: value(total()) };
}

function typedInto(input) {
  if (!base) begin();
  typed(input);
  const at = shots().findIndex((shot) => shot.input === input);
  const wanted = Number(input.value);
  if (Number.isInteger(wanted) && wanted >= 1) {
    if (at < 0) divide(fit(base.seconds, wanted) ?? base.seconds);
    else typedShot(at, wanted);
  }
  later(AFTER_A_KEY);
}

function typedShot(at, wanted) {
  const all = shots();
  if (all.length === 1) return totals().includes(wanted) ? put([[total(), wanted]]) : undefined;
  if (missing(base.seconds, base.total)) return undefined;
  const other = neighbour(at, all);
  const rest = base.seconds[other] - (wanted - base.seconds[at]);
  return put([[all[other], rest >= 1 ? rest : base.seconds[other]]]);
}

function isSeconds(target) {
  return target instanceof Element && target.matches("input[data-retimed]");
}

document.addEventListener("input", (event) => {
  if (isSeconds(event.target)) typedInto(event.target);
});
document.addEventListener("focusin", (event) => {
  if (isSeconds(event.target)) begin();
});
document.addEventListener("focusout", (event) => {
  if (isSeconds(event.target)) flush();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !isSeconds(event.target)) return;
  event.preventDefault();
  begin();
  flush();
});
document.addEventListener("submit", (event) => {
  if (event.target.id !== "seconds-form") return;
  event.preventDefault();
  spreadEvenly();
});
