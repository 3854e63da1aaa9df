/* Cards are taken by their picture and put elsewhere on the board: with a mouse or pen at once, with
   a finger after a long press. A mark shows the place, the board scrolls at its edges, Esc puts the
   card back. Letting go posts `to=<position>` to where the card's [data-move] buttons post; the card
   stands there at once, and goes back when that is refused. */

import { sendParts } from "./part-forms.js";

const A_DRAG = 6; // px: less is a press
const A_LONG_PRESS = 350; // ms
const NEAR = 56; // px from the edge where the board scrolls
let held = null;

class Drag {
  #mark = document.createElement("div");
  #frame = 0;

  constructor(card, event) {
    this.card = card;
    this.from = [event.clientX, event.clientY];
    this.point = this.from;
    this.isFinger = event.pointerType === "touch";
    this.isOn = false;
    this.timer = this.isFinger ? setTimeout(() => this.begin(), A_LONG_PRESS) : 0;
  }

  get board() {
    return document.getElementById("board");
  }

  get cards() {
    return [...this.board.querySelectorAll(".shot[id^='shot-']")];
  }

  get hasMoved() {
    return Math.hypot(this.point[0] - this.from[0], this.point[1] - this.from[1]) > A_DRAG;
  }

  begin() {
    this.isOn = true;
    this.place = this.cards.indexOf(this.card);
    this.scrolled = this.#scroller.scrollTop;
    this.card.classList.add("lifted");
    this.#mark.className = "place-mark";
    this.board.append(this.#mark);
    this.follow();
    this.#roll();
  }

  follow() {
    const [dx, dy] = [this.point[0] - this.from[0], this.point[1] - this.from[1]];
    this.card.style.transform = `translate(${dx}px, ${dy + this.#scroller.scrollTop - this.scrolled}px)`;
    const others = this.cards.filter((card) => card !== this.card);
    const boxes = others.map((card) => card.getBoundingClientRect());
    this.place = boxes.filter((box) => isBefore(box, this.point, this.#isColumn(boxes))).length;
    this.#show(boxes);
  }

  end() {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.#frame);
    this.card.classList.remove("lifted");
    this.card.style.transform = "";
    this.#mark.remove();
  }

  get #scroller() {
    const { overflowY } = getComputedStyle(this.board);
    return overflowY === "auto" ? this.board : document.scrollingElement;
  }

  #isColumn(boxes) {
    return boxes.every((box) => Math.abs(box.left - boxes[0].left) < 2);
  }

  /** In the gap after the card before the place, where the hand is in its row; else before the next. */
  #show(boxes) {
    const board = this.board.getBoundingClientRect();
    const before = boxes[this.place - 1];
    const next = boxes[this.place];
    const isColumn = this.#isColumn(boxes);
    const after = before && (!next || next.top > this.point[1] || isColumn);
    const box = after ? before : next;
    if (!box) return;
    const { style } = this.#mark;
    const top = box.top - board.top + this.board.scrollTop;
    const left = box.left - board.left + this.board.scrollLeft;
    style.left = `${isColumn ? left : after ? left + box.width + 5 : left - 9}px`;
    style.top = `${isColumn ? (after ? top + box.height + 2 : top - 6) : top}px`;
    style.width = isColumn ? `${box.width}px` : "4px";
    style.height = isColumn ? "4px" : `${box.height}px`;
  }

  #roll() {
    const scroller = this.#scroller;
    const isPage = scroller === document.scrollingElement;
    const box = isPage ? openWindow() : scroller.getBoundingClientRect();
    const up = box.top + NEAR - this.point[1];
    const down = this.point[1] - (box.bottom - NEAR);
    const by = up > 0 ? -up / 6 : down > 0 ? down / 6 : 0;
    if (by) {
      scroller.scrollBy(0, by);
      this.follow();
    }
    this.#frame = requestAnimationFrame(() => this.#roll());
  }
}

/** The part of the window that the dock, at its top or bottom, leaves open. */
function openWindow() {
  const dock = document.getElementById("timeline").getBoundingClientRect();
  if (dock.top < innerHeight / 2) return { top: Math.max(0, dock.bottom), bottom: innerHeight };
  return { top: 0, bottom: Math.min(innerHeight, dock.top) };
}

/** Whether this box comes before the point, read line by line. */
function isBefore(box, [x, y], isColumn) {
  if (isColumn) return box.top + box.height / 2 < y;
  if (box.bottom < y) return true;
  return box.top <= y && box.left + box.width / 2 < x;
}

function press(event) {
  const card = event.target.closest?.("#board .shot .frame")?.closest(".shot");
  if (event.button !== 0 || held || !card?.querySelector("[data-move]")) return;
  if (event.target.closest("a, button, input, label")) return;
  held = new Drag(card, event);
}

function move(event) {
  if (!held) return;
  held.point = [event.clientX, event.clientY];
  if (!held.isOn && held.hasMoved) {
    if (held.isFinger) return drop();
    held.begin();
  }
  if (held.isOn) held.follow();
}

/** Let go of whatever is held without moving it. */
function drop() {
  held?.end();
  held = null;
}

function release() {
  const drag = held;
  const was = drag?.isOn ? drag.cards.indexOf(drag.card) : -1;
  drop();
  if (!drag?.isOn) return;
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }));
  if (drag.place !== was) moveTo(drag.card, was, drag.place);
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

async function moveTo(card, from, to) {
  const button = card.querySelector("[data-move]");
  const cards = [...document.querySelectorAll("#board .shot[id^='shot-']")];
  const order = cards.toSpliced(from, 1).toSpliced(to, 0, card);
  stand(order);
  card.focus({ preventScroll: true });
  const body = new FormData();
  body.append("csrfmiddlewaretoken", button.form.elements.csrfmiddlewaretoken.value);
  body.append("to", String(to + 1));
  if (await sendParts(button.getAttribute("formaction"), body)) return;
  stand(cards);
  for (const each of document.querySelectorAll("#board > *")) each.style.order = "";
}

/** Show the cards in this order; the answer draws them so for good. */
function stand(order) {
  for (const [at, card] of order.entries()) {
    card.style.order = String(at);
    const number = card.querySelector(".tag.n");
    if (number) number.textContent = String(at + 1);
  }
  for (const other of document.querySelectorAll("#board > :not(.shot[id^='shot-'])")) other.style.order = "9";
}

document.addEventListener("pointerdown", press);
document.addEventListener("pointermove", move);
document.addEventListener("pointerup", release);
document.addEventListener("pointercancel", drop);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !held) return;
  event.preventDefault();
  event.stopPropagation();
  drop();
}, true);
// A picture is taken by the board, not by the browser; a held finger neither scrolls nor asks.
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.("#board .shot .frame")) event.preventDefault();
});
document.addEventListener("touchmove", (event) => {
  if (held?.isOn) event.preventDefault();
}, { passive: false });
document.addEventListener("contextmenu", (event) => {
  if (held?.isFinger) event.preventDefault();
});
