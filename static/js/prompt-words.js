/* A prompt between its raw form and the page: runs of text, and one object for each token.

   Raw is what is stored, sent and counted: "<<<element_1>>> looks up". In the box each token is
   <span class="tok" contenteditable="false" data-raw="<<<element_1>>>"><img>Aldous</span>; one that
   names nothing attached is .bad and keeps its raw name. Places in a prompt are offsets in the raw
   form. Who can be named stands in <ul id="cast" hidden><li data-kind="element" data-key="K"
   data-name="Aldous" data-token="<<<element_1>>>" data-picture="/pictures/K/" data-why="">: those of
   the library without a token are not attached, and `data-why` says what stands against it. */

import { icon } from "./words.js";

const MARK = /<<<[^<>\n]{1,40}>>>/g;
// Of no width: where no words stand beside an object, the caret has this to stand in.
const GUARD = "\uFEFF";

/** Elements and voices: {kind, key, name, token, picture, why}, the attached ones first. */
export function cast() {
  return [...document.querySelectorAll("#cast > li")].map((each) => ({ ...each.dataset }));
}

/** The raw form without what no prompt holds. */
export function clean(words) {
  return words.replaceAll(GUARD, "").replace(/\r\n?/g, "\n");
}

/** Draw a raw prompt; false when the box shows exactly that already. */
export function draw(box, raw) {
  const nodes = nodesOf(raw);
  const drawn = [...box.childNodes];
  if (drawn.length === nodes.length && nodes.every((node, n) => node.isEqualNode(unmarked(drawn[n])))) return false;
  box.replaceChildren(...nodes);
  return true;
}

/** The raw prompt of a box, or of a copied piece of one. */
export function read(box) {
  return [...box.childNodes].map(rawOf).join("");
}

/** Where the selection starts and where it is going; null when it is elsewhere. */
export function selected(box) {
  const { anchorNode, anchorOffset, focusNode, focusOffset } = document.getSelection() ?? {};
  if (!box.contains(anchorNode) || !box.contains(focusNode)) return null;
  return [offsetOf(box, anchorNode, anchorOffset), offsetOf(box, focusNode, focusOffset)];
}

/** Select from one place to another. */
export function select(box, from, to = from) {
  document.getSelection()?.setBaseAndExtent(...pointAt(box, from), ...pointAt(box, to));
}

/** The offset of a point of the page within the prompt. */
export function offsetOf(box, node, offset) {
  const before = document.createRange();
  before.setStart(box, 0);
  before.setEnd(node, offset);
  return read(before.cloneContents()).length;
}

/** How long the token is that stands right before (way -1) or after (way 1) a place; 0 for none. */
export function tokenBeside(raw, at, way) {
  for (const { 0: token, index } of raw.matchAll(MARK)) {
    if (at === (way < 0 ? index + token.length : index)) return token.length;
  }
  return 0;
}

/** An object within the selection is still the same object. */
function unmarked(node) {
  if (!node.dataset?.raw) return node;
  const plain = node.cloneNode(true);
  plain.removeAttribute("data-selected");
  return plain;
}

function nodesOf(raw) {
  const nodes = [];
  let at = 0;
  for (const { 0: token, index } of raw.matchAll(MARK)) {
    nodes.push(textOf(raw.slice(at, index), nodes.length > 0, true), objectOf(token));
    at = index + token.length;
  }
  if (raw) nodes.push(textOf(raw.slice(at), nodes.length > 0, false));
  // The browser draws no line for the last line break alone.
  if (raw.endsWith("\n")) nodes.push(document.createElement("br"));
  return nodes;
}

function textOf(words, isAfter, isBefore) {
  const start = isAfter && (!words || words.startsWith("\n")) ? GUARD : "";
  const end = isBefore && (words ? words.endsWith("\n") : !start) ? GUARD : "";
  return document.createTextNode(start + words + end);
}

function objectOf(token) {
  const entry = cast().find((each) => each.token === token);
  const object = document.createElement("span");
  object.className = entry ? "tok" : "tok bad";
  object.contentEditable = "false";
  object.dataset.raw = token;
  object.title = token;
  object.append(markOf(entry), entry?.name ?? token.slice(3, -3));
  return object;
}

/** The tiny picture, the microphone of a voice, or the octagon of what names nothing. */
export function markOf(entry) {
  if (!entry?.picture) return icon({ element: "people", voice: "mic" }[entry?.kind] ?? "badc", "s");
  const picture = document.createElement("img");
  picture.src = entry.picture;
  picture.alt = "";
  return picture;
}

function rawOf(node, place, all) {
  if (node.nodeType === Node.TEXT_NODE) return node.data.replaceAll(GUARD, "");
  if (node.dataset?.raw) return node.dataset.raw;
  if (node.localName === "br") return place === all.length - 1 ? "" : "\n";
  return read(node);
}

function pointAt(box, at) {
  let left = at;
  for (const [place, node] of [...box.childNodes].entries()) {
    const { length } = rawOf(node, place, box.childNodes);
    if (node.nodeType === Node.TEXT_NODE && left <= length) return [node, within(node.data, left)];
    left = Math.max(0, left - length);
  }
  return [box, box.childNodes.length];
}

/** The offset in a text node behind that many characters of the prompt and the guards there. */
function within(data, characters) {
  let offset = 0;
  for (let seen = 0; seen < characters; offset += 1) if (data[offset] !== GUARD) seen += 1;
  while (data[offset] === GUARD) offset += 1;
  return offset;
}
