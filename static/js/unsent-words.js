/* Words that are not on the server yet, kept in this browser for a week: one entry for each
   field of each form, with what the words started from. */

const PREFIX = "unsent:";
const A_WEEK = 7 * 24 * 3600 * 1000;

/** Keep a field's words; `was` is the digest of what they started from. */
export function keep(form, name, value, was) {
  try {
    localStorage.setItem(place(form, name), JSON.stringify({ value, was, at: Date.now() }));
  } catch {
    // A full or forbidden store: the words stay in the field and are sent from there.
  }
}

/** The words are on the server. */
export function drop(form, name) {
  try {
    localStorage.removeItem(place(form, name));
  } catch {
    // Nothing was kept then.
  }
}

/** Name and {value, was} of every field of this form with kept words. */
export function kept(form) {
  const found = [];
  try {
    const start = place(form, "");
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(start)) continue;
      const words = JSON.parse(localStorage.getItem(key));
      if (Date.now() - words.at > A_WEEK) localStorage.removeItem(key);
      else found.push([key.slice(start.length), words]);
    }
  } catch {
    // An unreadable store keeps nothing.
  }
  return found;
}

function place(form, name) {
  return `${PREFIX}${new URL(form.action, location.href).pathname}:${name}`;
}
