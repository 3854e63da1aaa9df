/* A file that was chosen, dropped or pasted in one part of the page, on its way to another. */

let waiting = null;

export function hand(file) {
  waiting = file;
}

/** What was handed over, once; null without any. */
export function handed() {
  const file = waiting;
  waiting = null;
  return file;
}
