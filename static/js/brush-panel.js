/* The side of the motion brush: the list of areas, the points of the chosen one as numbers, and
   the numbers of a shape. What is drawn with a pointer can all be written here. */

import { MOST_AREAS, STILL, boxOf } from "./brush-area.js";
import { MOST_POINTS, inside } from "./brush-path.js";

export class Panel {
  /** `on` has choose(area), changed(kind), say(name) and words(name, values). */
  constructor(root, tools, view, work, on, signal) {
    Object.assign(this, { root, tools, view, work, on });
    this.list = root.querySelector(".brush-points");
    root.addEventListener("change", (event) => this.#chosen(event), { signal });
    this.list.addEventListener("input", (event) => this.#written(event), { signal });
    this.list.addEventListener("click", (event) => this.#removed(event), { signal });
    for (const field of root.querySelectorAll("[data-side]")) {
      field.addEventListener("change", () => this.#shaped(), { signal });
    }
  }

  /** `facts`: of every area, how many pixels it has. */
  draw(facts) {
    this.#drawAreas(facts);
    this.#drawPoints();
    this.#drawShape();
  }

  #drawAreas(facts) {
    const { width, height } = this.work.areas;
    for (const row of this.root.querySelectorAll("[data-area]")) {
      const area = Number(row.dataset.area);
      row.hidden = area > this.work.shown;
      row.querySelector("input").checked = area === this.view.chosen;
      const part = Math.round((facts[area].count * 1000) / (width * height)) / 10;
      const points = this.work.points[area].length;
      const painted = facts[area].count ? this.on.words("painted", { part }) : this.on.words("notPainted");
      const path = area === STILL ? "" : ` · ${this.on.words(points === 1 ? "onePoint" : "points", { n: points })}`;
      row.querySelector("small").textContent = `${painted}${path}`;
    }
    this.root.querySelector("[data-do=add]").hidden = this.work.shown >= MOST_AREAS - 1;
  }

  #drawPoints() {
    const { chosen } = this.view;
    const points = this.work.points[chosen];
    this.root.querySelector(".brush-path").hidden = chosen === STILL;
    const rows = [...this.list.children];
    for (const row of rows.slice(points.length)) row.remove();
    for (const [n, point] of points.entries()) {
      const row = rows[n] ?? this.#row(n);
      for (const [axis, field] of row.querySelectorAll("input").entries()) {
        if (field !== document.activeElement || Number(field.value) !== point[axis]) field.value = point[axis];
      }
    }
    const note = this.root.querySelector(".brush-count");
    note.textContent = this.on.words("count", { n: points.length, most: MOST_POINTS });
  }

  #row(n) {
    const row = this.root.querySelector("template").content.firstElementChild.cloneNode(true);
    const { width, height } = this.work.areas;
    for (const [axis, field] of row.querySelectorAll("input").entries()) {
      field.max = axis ? height : width;
      field.setAttribute("aria-label", this.on.words(axis ? "pointY" : "pointX", { n: n + 1 }));
    }
    row.querySelector("button").setAttribute("aria-label", this.on.words("removePoint", { n: n + 1 }));
    this.list.append(row);
    return row;
  }

  #drawShape() {
    const { left, top, right, bottom } = this.tools.box;
    const { height } = this.work.areas;
    const sides = { left, bottom: height - bottom, width: right - left, height: bottom - top };
    this.root.querySelector(".brush-shape").hidden = !this.tools.isShape;
    for (const field of this.root.querySelectorAll("[data-side]")) {
      if (field !== document.activeElement) field.value = sides[field.dataset.side];
    }
  }

  #chosen({ target }) {
    const area = target.closest("[data-area]")?.dataset.area;
    if (area !== undefined) this.on.choose(Number(area));
  }

  /** From the bottom left, as Kling counts. */
  #shaped() {
    const { height } = this.work.areas;
    const side = (name) => Math.max(0, Math.round(this.root.querySelector(`[data-side=${name}]`).valueAsNumber) || 0);
    const bottom = height - side("bottom");
    this.tools.setBox(boxOf(side("left"), bottom - side("height"), side("left") + side("width"), bottom));
  }

  #written({ target }) {
    const place = [...this.list.children].indexOf(target.closest("li"));
    const given = [...this.list.children[place].querySelectorAll("input")].map((field) => field.valueAsNumber);
    if (given.some(Number.isNaN)) return;
    const points = this.work.points[this.view.chosen].with(place, inside(given, this.work.areas));
    this.work.setPoints(this.view.chosen, points, `write-${place}`);
    this.on.changed("numbers");
  }

  #removed({ target }) {
    const row = target.closest("button") && target.closest("li");
    if (!row) return;
    const place = [...this.list.children].indexOf(row);
    const points = this.work.points[this.view.chosen].filter((_point, n) => n !== place);
    this.work.setPoints(this.view.chosen, points);
    this.on.changed("points");
    const next = this.list.children[Math.min(place, points.length - 1)]?.querySelector("button");
    (next ?? this.root.querySelector("[data-do=point]")).focus();
  }
}
