/* Moments in a take. Stored as whole milliseconds at the start of a frame; shown as
   minutes:seconds:frame at the take's own rate (non-drop). In step with templatetags/show.py. */

/** The frame that stands on the screen at a moment. */
export function frameAt(ms, rate) {
  return Math.max(0, Math.floor(((ms + 0.5) * rate) / 1000));
}

/** The moment a frame starts, in whole milliseconds. */
export function frameStart(frame, rate) {
  return Math.round((frame * 1000) / rate);
}

/** "00:06:10" */
export function timecode(frame, rate) {
  const nominal = Math.max(1, Math.round(rate));
  const seconds = Math.floor(frame / nominal);
  return [Math.floor(seconds / 60), seconds % 60, frame % nominal]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}
