/* Where the camera is during a move, and how that looks: pure sums for camera-dialog.js.

   A pose is in units of the view's width: x right, y up, z forward; angles in degrees: yaw right,
   pitch up, roll clockwise; `lens` scales what is seen. Kling gives amounts no unit, so that 10 is
   as far as the sketch still reads well. */

const EYE = 100; // how far the eye is from the picture's plane, in cqw: css/late/camera.css
const FARTHEST = { horizontal: 26, vertical: 16, pan: 20, tilt: 15, roll: 28 };
const LENS = 2; // a tenth of the way narrows to half the view

const still = () => ({ x: 0, y: 0, z: 0, yaw: 0, pitch: 0, roll: 0, lens: 1 });

const SIMPLE = {
  horizontal: (pose, part) => (pose.x = part * FARTHEST.horizontal),
  vertical: (pose, part) => (pose.y = part * FARTHEST.vertical),
  pan: (pose, part) => (pose.yaw = part * FARTHEST.pan),
  tilt: (pose, part) => (pose.pitch = part * FARTHEST.tilt),
  roll: (pose, part) => (pose.roll = part * FARTHEST.roll),
  zoom: (pose, part) => (pose.lens = LENS ** -part),
};

const NAMED = {
  down_back: (part) => ({ ...still(), y: -14 * part, z: -34 * part }),
  forward_up: (part) => ({ ...still(), z: 34 * part, pitch: 10 * part }),
  right_turn_forward: (part) => turned(part, 1),
  left_turn_forward: (part) => turned(part, -1),
};

/** First the turn, then forward in the new direction. */
function turned(part, side) {
  const yaw = 16 * side * Math.min(1, part * 2);
  const far = 38 * Math.max(0, part * 2 - 1);
  const angle = (yaw * Math.PI) / 180;
  return { ...still(), yaw, x: far * Math.sin(angle), z: far * Math.cos(angle) };
}

/** The pose at `part` (0 to 1) of a move; `amounts` by axis, -10 to 10. */
export function poseAt(kind, amounts, part) {
  if (NAMED[kind]) return NAMED[kind](part);
  const pose = still();
  if (kind !== "simple") return pose;
  for (const [axis, move] of Object.entries(SIMPLE)) move(pose, (part * clamped(amounts[axis])) / 10);
  return pose;
}

function clamped(amount) {
  return Math.max(-10, Math.min(10, Number(amount) || 0));
}

/** The CSS transforms of a pose: the world moves against the camera. */
export function transformsOf({ x, y, z, yaw, pitch, roll, lens }) {
  const turn = `rotateX(${pitch}deg) rotateY(${yaw}deg)`;
  return {
    lens: `rotate(${-roll}deg) scale(${lens})`,
    world: `translateZ(${EYE}cqw) ${turn} translateZ(${-EYE}cqw) translate3d(${-x}cqw, ${y}cqw, ${z}cqw)`,
  };
}
