/* Trajectories: points [x, y] in whole pixels of the first frame, from its bottom left, in the
   order in which they are passed. Kling takes 2 to 77. */

export const MOST_POINTS = 77;

/** As many as Kling takes, evenly left over; the first and the last stay. */
export function thinned(points, most = MOST_POINTS) {
  if (points.length <= most) return points;
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_none, n) => points[Math.round(n * step)]);
}

/** Kept inside the first frame, in whole pixels. */
export function inside([x, y], { width, height }) {
  return [clamp(Math.round(x), width), clamp(Math.round(y), height)];
}

/** Where it is when `part` (0 to 1) of the way is done, all of it at one speed. */
export function along(points, part) {
  const lengths = points.slice(1).map((point, n) => Math.hypot(point[0] - points[n][0], point[1] - points[n][1]));
  let left = part * lengths.reduce((sum, each) => sum + each, 0);
  for (const [n, length] of lengths.entries()) {
    if (left <= length && length) {
      const [from, to] = [points[n], points[n + 1]];
      return [from[0] + ((to[0] - from[0]) * left) / length, from[1] + ((to[1] - from[1]) * left) / length];
    }
    left -= length;
  }
  return points.at(-1) ?? [0, 0];
}

/** The place of the point nearest to `at` and within `reach`; -1 without one. */
export function nearest(points, at, reach) {
  const far = points.map(([x, y]) => Math.hypot(x - at[0], y - at[1]));
  const least = Math.min(...far);
  return least <= reach ? far.indexOf(least) : -1;
}

/** "12, 30" a line, as the form's field holds them. */
export function written(points) {
  return points.map((point) => point.join(", ")).join("\n");
}

/** What the field holds; lines that are no point are left out. */
export function read(text) {
  return [...text.matchAll(/^\s*(\d+)\s*[,; ]\s*(\d+)\s*$/gm)].map((found) => [Number(found[1]), Number(found[2])]);
}

function clamp(value, most) {
  return Math.min(Math.max(0, value), most);
}
