/* Words for people come from the page, where they are translated:
   <div id="words" hidden data-saving="Saving" data-count="{n} of {limit}" data-icons="/static/icons.svg">. */

const SVG = "http://www.w3.org/2000/svg";

/** The sentence of that name with its {placeholders} filled. */
export function say(name, values = {}) {
  const sentence = document.getElementById("words")?.dataset[name] ?? name;
  return sentence.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/** One icon of the sprite, as the server draws it. */
export function icon(name, size = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", size ? `i ${size}` : "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.getElementById("words")?.dataset.icons ?? ""}#${name}`);
  svg.append(use);
  return svg;
}

/** Show another icon in an element that holds one. */
export function changeIcon(holder, name) {
  const use = holder.querySelector("use");
  const base = use?.getAttribute("href")?.split("#")[0] ?? "";
  use?.setAttribute("href", `${base}#${name}`);
}
