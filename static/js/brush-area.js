/* The painted areas of a first frame, pure data: one byte a pixel, row by row from the top, with
   one bit an area. Area 0 stands still, 1 to 6 move. Painting an area takes its pixels from the
   others: what stands still does not move. Every change gives the box it touched, so that it can
   be drawn again and undone. */

export const STILL = 0;
export const MOST_AREAS = 7;

/** A box of whole pixels: left and top belong to it, right and bottom do not. */
export function boxOf(left, top, right, bottom) {
  return { left, top, right, bottom, isEmpty: right <= left || bottom <= top };
}

export class Areas {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.bits = new Uint8Array(width * height);
  }

  /** Paint (or take away, with `off`) one area in every row of a shape: (y) → [from, to) or null. */
  fill(area, box, spanOf, { off = false } = {}) {
    const touched = this.#inside(box);
    const bit = 1 << area;
    for (let y = touched.top; y < touched.bottom; y += 1) {
      const span = spanOf(y);
      if (!span) continue;
      const from = Math.max(touched.left, Math.ceil(span[0]));
      const to = Math.min(touched.right, Math.ceil(span[1]));
      const row = y * this.width;
      if (off) for (let x = from; x < to; x += 1) this.bits[row + x] &= ~bit;
      else if (to > from) this.bits.fill(bit, row + from, row + to);
    }
    return touched;
  }

  /** A round brush of `size` pixels drawn from one point to another. */
  line(area, from, to, size, options) {
    const half = size / 2;
    const box = boxOf(
      Math.floor(Math.min(from.x, to.x) - half),
      Math.floor(Math.min(from.y, to.y) - half),
      Math.ceil(Math.max(from.x, to.x) + half) + 1,
      Math.ceil(Math.max(from.y, to.y) + half) + 1,
    );
    return this.fill(area, box, (y) => spanOfLine(from, to, half, y + 0.5), options);
  }

  /** A shape that fills its box: `rectangle` or `ellipse`. */
  shape(area, kind, box, options) {
    const wide = (box.right - box.left) / 2;
    const high = (box.bottom - box.top) / 2;
    const middle = { x: box.left + wide, y: box.top + high };
    const spanOf = (y) => {
      if (kind === "rectangle") return [box.left, box.right];
      const far = 1 - ((y + 0.5 - middle.y) / high) ** 2;
      return far <= 0 ? null : [middle.x - wide * Math.sqrt(far) - 0.5, middle.x + wide * Math.sqrt(far) - 0.5];
    };
    return this.fill(area, box, spanOf, options);
  }

  /** One area becomes what is painted (not 0) in `mask`, a byte a pixel. */
  put(area, mask) {
    const bit = 1 << area;
    for (let at = 0; at < this.bits.length; at += 1) {
      if (mask[at]) this.bits[at] |= bit;
      else this.bits[at] &= ~bit;
    }
    return this.whole();
  }

  clear(area) {
    return this.put(area, new Uint8Array(this.bits.length));
  }

  /** Of every area: how many pixels it has, and where their middle is. */
  facts() {
    const found = Array.from({ length: MOST_AREAS }, () => ({ count: 0, x: 0, y: 0 }));
    for (let y = 0, at = 0; y < this.height; y += 1) {
      for (let x = 0; x < this.width; x += 1, at += 1) {
        for (let left = this.bits[at], area = 0; left; left >>= 1, area += 1) {
          if (!(left & 1)) continue;
          found[area].count += 1;
          found[area].x += x;
          found[area].y += y;
        }
      }
    }
    return found.map(({ count, x, y }) => ({ count, x: count ? x / count : 0, y: count ? y / count : 0 }));
  }

  whole() {
    return boxOf(0, 0, this.width, this.height);
  }

  /** The bytes of a box, to be put back later. */
  copy(box) {
    return copied(this.bits, this.width, box);
  }

  restore(box, kept) {
    const wide = box.right - box.left;
    for (let y = box.top; y < box.bottom; y += 1) {
      const from = (y - box.top) * wide;
      this.bits.set(kept.subarray(from, from + wide), y * this.width + box.left);
    }
  }

  #inside(box) {
    const left = Math.min(Math.max(0, Math.floor(box.left)), this.width);
    const top = Math.min(Math.max(0, Math.floor(box.top)), this.height);
    const right = Math.max(left, Math.min(this.width, Math.ceil(box.right)));
    const bottom = Math.max(top, Math.min(this.height, Math.ceil(box.bottom)));
    return boxOf(left, top, right, bottom);
  }
}

/** The bytes of a box of such rows. */
export function copied(bits, width, box) {
  const wide = box.right - box.left;
  const kept = new Uint8Array(wide * (box.bottom - box.top));
  for (let y = box.top; y < box.bottom; y += 1) {
    kept.set(bits.subarray(y * width + box.left, y * width + box.right), (y - box.top) * wide);
  }
  return kept;
}

/** The least box around both. */
export function around(one, other) {
  if (!one || one.isEmpty) return other;
  if (!other || other.isEmpty) return one;
  return boxOf(
    Math.min(one.left, other.left),
    Math.min(one.top, other.top),
    Math.max(one.right, other.right),
    Math.max(one.bottom, other.bottom),
  );
}

/** Where a line of round ends is at height y: the middles of pixels within `half` of it. */
function spanOfLine(from, to, half, y) {
  const ends = [spanOfDot(from, half, y), spanOfDot(to, half, y), spanOfBand(from, to, half, y)].filter(Boolean);
  if (!ends.length) return null;
  return [Math.min(...ends.map((each) => each[0])), Math.max(...ends.map((each) => each[1]))];
}

function spanOfDot(at, half, y) {
  const far = half * half - (y - at.y) ** 2;
  return far < 0 ? null : [at.x - Math.sqrt(far) - 0.5, at.x + Math.sqrt(far) - 0.5];
}

/** The slanted box between the two ends. */
function spanOfBand(from, to, half, y) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (!length) return null;
  const side = { x: (-(to.y - from.y) / length) * half, y: ((to.x - from.x) / length) * half };
  const corners = [
    { x: from.x + side.x, y: from.y + side.y },
    { x: to.x + side.x, y: to.y + side.y },
    { x: to.x - side.x, y: to.y - side.y },
    { x: from.x - side.x, y: from.y - side.y },
  ];
  const crossed = corners.flatMap((one, n) => {
    const other = corners[(n + 1) % 4];
    if (one.y === other.y) return one.y === y ? [one.x, other.x] : [];
    const part = (y - one.y) / (other.y - one.y);
    return part < 0 || part > 1 ? [] : [one.x + part * (other.x - one.x)];
  });
  return crossed.length < 2 ? null : [Math.min(...crossed) - 0.5, Math.max(...crossed) - 0.5];
}
