/* How loud a recording is from start to end, drawn as the server draws it
   (media/sound.py and the filter `waveform`; keep in step). */

const PARTS = 64;
const QUIETEST_DB = 48; // below the loudest there is
const LEAST = 12;

/** The path of an SVG of 64 × 256 for recorded sound; dots where it cannot be read here. */
export async function waveformOf(blob) {
  try {
    return path(peaks(await decoded(blob)));
  } catch {
    return path(new Array(PARTS).fill(0));
  }
}

async function decoded(blob) {
  const context = new OfflineAudioContext(1, 1, 24000);
  return (await context.decodeAudioData(await blob.arrayBuffer())).getChannelData(0);
}

function peaks(samples) {
  const each = samples.length / PARTS;
  return Array.from({ length: PARTS }, (_none, part) => {
    const here = samples.subarray(Math.floor(part * each), Math.floor((part + 1) * each));
    const loudest = here.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    return loudest ? Math.max(0, Math.round(255 * (1 + (20 * Math.log10(Math.min(1, loudest))) / QUIETEST_DB))) : 0;
  });
}

function path(found) {
  return found
    .map((peak) => Math.max(peak, LEAST))
    .map((peak, at) => `M${at + 0.5} ${128 - Math.floor(peak / 2)}v${peak}`)
    .join("");
}
