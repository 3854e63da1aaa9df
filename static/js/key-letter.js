/* The letter a key stands for, small: the one it types, and on a layout that types no Latin letters
   the one printed on that key elsewhere. "" for every other key. */

export function letterOf(event) {
  const typed = event.key.toLowerCase();
  if (/^[a-z]$/.test(typed)) return typed;
  const isForeign = event.key.length === 1 && /\p{L}/u.test(event.key);
  return isForeign ? (/^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase() ?? "") : "";
}
