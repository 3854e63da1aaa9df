/* Sheets of css/late/, fetched with the part of a page that links them. */

/** Fetch the sheets that a part not yet in the page links; they move to the head, each once. */
export function fetchSheets(box) {
  return Promise.all([...box.querySelectorAll("link[rel=stylesheet]")].map(fetchSheet));
}

function fetchSheet(link) {
  link.remove();
  const there = [...document.head.querySelectorAll("link[rel=stylesheet]")];
  if (there.some((each) => each.href === link.href)) return null;
  return new Promise((done, failed) => {
    link.addEventListener("load", done, { once: true });
    link.addEventListener("error", () => failed(link.remove()), { once: true });
    document.head.append(link);
  });
}
