/* <li id="row-K" data-digest="9f2c…">
   A list placed by rows (swap.js) says with each request for parts of the page which rows it shows.
   The answer has `<li id="row-K" data-held="9f2c…">` in place of those that would be drawn as they are. */

export const HEADER = "Held-Rows";

/** What a request says; nothing where the page has no such rows. */
export function heldRows() {
  const digests = [...document.querySelectorAll("[data-by-rows] > [data-digest]")].map(({ dataset }) => dataset.digest);
  return digests.length ? { [HEADER]: digests.join(" ") } : {};
}

document.addEventListener("htmx:configRequest", ({ detail }) => Object.assign(detail.headers, heldRows()));
