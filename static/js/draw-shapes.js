/* Shapes of a drawing: {tool, colour, points: [[x, y], …], words}, x and y in parts of the picture.
   As SVG in its pixels. Keep in step with media/drawings.py, which paints and lays out the same. */

const SVG = "http://www.w3.org/2000/svg";
const HEAD = 1 / 32; // of the longer side, as all that follows
const BARB = (28 * Math.PI) / 180;
export const LETTER = 1 / 32;
export const STROKE = 1 / 256;
const LINE = 1.25; // of a letter's size
const NARROW = 0.56;
const HALF = 0.5;
const LEAST = 0.0006; // how far a line may stray from the hand, in parts of the longer side
export const MOST_POINTS = 400;

/** One shape as an element. */
export function nodeOf(shape, size) {
  const { width, height } = size;
  const points = shape.points.map(([x, y]) => [x * width, y * height]);
  return shape.tool === "text" ? written(shape, points[0], size) : stroked(shape, points, size);
}

/** The line a hand drew with as few points as it needs, at most 400. */
export function simplified(points, { width, height }) {
  const side = Math.max(width, height);
  const scaled = points.map(([x, y]) => [(x * width) / side, (y * height) / side]);
  let kept = points;
  for (let apart = LEAST; ; apart *= 2) {
    kept = keptOf(scaled, apart);
    if (kept.length <= MOST_POINTS) return kept.map((at) => points[at]);
  }
}

/** Four decimals within the picture. */
export function rounded(point) {
  return point.map((part) => Math.round(Math.min(1, Math.max(0, part)) * 10000) / 10000);
}

function stroked({ tool, colour }, points, { width, height }) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("class", `c-${colour}`);
  path.setAttribute("d", linesOf(tool, points, Math.max(width, height)).map(pathOf).join(""));
  return path;
}

function linesOf(tool, points, side) {
  const [start, end] = points;
  if (tool === "arrow") return [points, headOf(start, end, side * HEAD)];
  if (tool === "box") return [[start, [end[0], start[1]], end, [start[0], end[1]], start]];
  return [points];
}

function headOf(tail, tip, longest) {
  const away = Math.atan2(tail[1] - tip[1], tail[0] - tip[0]);
  const length = Math.min(longest, Math.hypot(tail[0] - tip[0], tail[1] - tip[1]) / 2);
  const barb = (turn) => [tip[0] + length * Math.cos(turn), tip[1] + length * Math.sin(turn)];
  return [barb(away - BARB), tip, barb(away + BARB)];
}

function pathOf(points) {
  return `M${points.map(([x, y]) => `${short(x)} ${short(y)}`).join("L")}`;
}

function written({ colour, words, points }, [left, top], { width, height }) {
  const size = Math.max(width, height) * LETTER;
  const text = document.createElementNS(SVG, "text");
  text.setAttribute("class", `c-${colour}`);
  if (points[0][0] > HALF) text.setAttribute("text-anchor", "end");
  rowsOf(words, (HALF * width) / (size * NARROW)).forEach((row, number) => {
    const line = document.createElementNS(SVG, "tspan");
    line.setAttribute("x", short(left));
    line.setAttribute("y", short(top + number * size * LINE));
    line.textContent = row;
    text.append(line);
  });
  return text;
}

function rowsOf(words, most) {
  const rows = [];
  let row = "";
  for (const word of words.split(" ")) {
    const longer = row ? `${row} ${word}` : word;
    if (lettersOf(longer) <= most) {
      row = longer;
      continue;
    }
    if (row) rows.push(row);
    row = "";
    for (const letter of word) {
      if (row && lettersOf(row + letter) > most) {
        rows.push(row);
        row = "";
      }
      row += letter;
    }
  }
  return row ? [...rows, row] : rows;
}

function lettersOf(words) {
  return [...words].reduce((sum, letter) => sum + (letter.codePointAt(0) >= 0x1100 ? 2 : 1), 0);
}

function short(pixels) {
  return String(Math.round(pixels * 10) / 10);
}

/** The places in the list of the points to keep (Douglas and Peucker). */
function keptOf(points, apart) {
  const kept = new Set([0, points.length - 1]);
  const open = [[0, points.length - 1]];
  while (open.length) {
    const [first, last] = open.pop();
    let [furthest, most] = [0, apart];
    for (let at = first + 1; at < last; at += 1) {
      const away = distance(points[at], points[first], points[last]);
      if (away > most) [furthest, most] = [at, away];
    }
    if (!furthest) continue;
    kept.add(furthest);
    open.push([first, furthest], [furthest, last]);
  }
  return [...kept].sort((one, other) => one - other);
}

function distance([x, y], [left, top], [right, bottom]) {
  const [across, down] = [right - left, bottom - top];
  const length = across * across + down * down;
  const part = length ? Math.min(1, Math.max(0, ((x - left) * across + (y - top) * down) / length)) : 0;
  return Math.hypot(x - left - part * across, y - top - part * down);
}
