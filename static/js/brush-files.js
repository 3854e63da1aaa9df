/* Masks as files: written as a PNG of exactly the first frame's size, white where the area is and
   black elsewhere, and read from any picture of that size. */

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const GREY = 0;
const HALF = 128;
let table = null;

/** One area as the bytes of a PNG of one bit a pixel: 1 is white. */
export async function writtenMask(areas, area) {
  const { width, height, bits } = areas;
  const bit = 1 << area;
  const wide = Math.ceil(width / 8) + 1; // each row begins with its filter, none
  const rows = new Uint8Array(wide * height);
  for (let at = 0; at < bits.length; at += 1) {
    if (!(bits[at] & bit)) continue;
    const x = at % width;
    rows[((at - x) / width) * wide + 1 + (x >> 3)] |= 128 >> (x & 7);
  }
  const head = new DataView(new ArrayBuffer(13));
  head.setUint32(0, width);
  head.setUint32(4, height);
  head.setUint8(8, 1);
  head.setUint8(9, GREY);
  const parts = [
    new Uint8Array(SIGNATURE),
    chunk("IHDR", new Uint8Array(head.buffer)),
    chunk("IDAT", await packed(rows)),
    chunk("IEND", new Uint8Array()),
  ];
  return new Blob(parts, { type: "image/png" });
}

/** What is painted in a picture, a byte a pixel; a picture of another size is stretched. */
export function readMask(picture, { width, height }) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const mask = new Uint8Array(width * height);
  for (let at = 0; at < mask.length; at += 1) {
    const from = at * 4;
    const light = 0.299 * data[from] + 0.587 * data[from + 1] + 0.114 * data[from + 2];
    mask[at] = (light * data[from + 3]) / 255 >= HALF ? 1 : 0;
  }
  return mask;
}

/** A picture of ours, decoded. Fails where it does not come. */
export async function fetchPicture(address) {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  return picture;
}

function chunk(kind, data) {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(kind), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

async function packed(rows) {
  const stream = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The checksum of PNG (ISO 15948, annex D). */
function crc(bytes) {
  table ??= Uint32Array.from({ length: 256 }, (_none, n) => {
    let value = n;
    for (let k = 0; k < 8; k += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
  });
  let sum = 0xffffffff;
  for (const byte of bytes) sum = table[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
