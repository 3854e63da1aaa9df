/* What a picture must be (storyboard/media/pictures.py), asked before it is sent, so that one that
   does not fit can be made to fit. Files that are no JPEG, PNG or WebP are left to the server. */

export const LEAST = 300;
export const LONGEST = 2.5;
export const MOST_BYTES = 10 * 1024 * 1024;
const MOST_PIXELS = 24_000_000;
const MOST_WEBP_PIXELS = 15_000_000;
const NEAR = 0.02;
const KINDS = ["image/jpeg", "image/png", "image/webp"];

/** Whether a file says it is one of the kinds Kling's pictures are made from. */
export function isPicture(file) {
  return KINDS.includes(file.type);
}

/** The file as an image that can be drawn; null where this browser cannot read it. */
export function readImage(file) {
  return loadImage(URL.createObjectURL(file));
}

/** An image of our own origin. */
export function loadImage(address) {
  return new Promise((done) => {
    const image = new Image();
    image.addEventListener("load", () => done(image), { once: true });
    image.addEventListener("error", () => done(null), { once: true });
    image.src = address;
  });
}

/** Why a file cannot be used as it is: pixels, bytes, low or shape; "" where it can, or is unknown. */
export async function misfit(file) {
  if (!isPicture(file)) return "";
  const image = await readImage(file);
  if (!image) return "";
  const { naturalWidth: width, naturalHeight: height } = image;
  URL.revokeObjectURL(image.src);
  if (width * height > (file.type === "image/webp" ? MOST_WEBP_PIXELS : MOST_PIXELS)) return "pixels";
  if (file.size > MOST_BYTES) return "bytes";
  if (Math.min(width, height) < LEAST) return "low";
  return Math.max(width, height) > Math.min(width, height) * LONGEST ? "shape" : "";
}

/** Whether a picture has the wanted shape, such as "16:9"; any will do where none is wanted. */
export function hasShape(width, height, ratio) {
  const wanted = shapeOf(ratio);
  return !wanted || Math.abs(width / height / wanted - 1) <= NEAR;
}

/** Width by height of "16:9"; 0 for none. */
export function shapeOf(ratio) {
  const [width, height] = ratio.split(":").map(Number);
  return width && height ? width / height : 0;
}
