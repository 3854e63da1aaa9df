/* Fingers, pens and mice on the canvas of the motion brush: one draws, two move and zoom the view.
   A second finger takes back what the first one began. */

/** `on` has start(event), move(event), end(event), cancel(), pan(dx, dy) and zoom(by, x, y). */
export function followPointers(canvas, on, signal) {
  const down = new Map();
  let draws = null;
  let apart = null;

  canvas.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button > 1) return;
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      canvas.setPointerCapture(event.pointerId);
      down.set(event.pointerId, event);
      if (down.size > 1 && draws !== null) {
        on.cancel();
        draws = null;
      } else if (down.size === 1 && event.button === 0) {
        draws = event.pointerId;
        on.start(event);
      }
      apart = null;
    },
    { signal },
  );

  canvas.addEventListener(
    "pointermove",
    (event) => {
      const before = down.get(event.pointerId);
      if (!before) return on.hover(event);
      if (draws === event.pointerId) {
        for (const each of event.getCoalescedEvents?.() ?? []) on.move(each);
        on.move(event);
      } else if (down.size === 1) on.pan(event.clientX - before.clientX, event.clientY - before.clientY);
      down.set(event.pointerId, event);
      if (down.size === 2) apart = pinched([...down.values()], apart, on);
      return undefined;
    },
    { signal },
  );

  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(
      name,
      (event) => {
        down.delete(event.pointerId);
        apart = null;
        if (draws !== event.pointerId) return;
        draws = null;
        if (name === "pointerup") on.end(event);
        else on.cancel();
      },
      { signal },
    );
  }

  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) on.zoom(Math.exp(-event.deltaY / 200), event.clientX, event.clientY);
      else on.pan(-event.deltaX, -event.deltaY);
    },
    { signal, passive: false },
  );
}

/** Two fingers: how far apart they are and where their middle is, compared with before. */
function pinched([one, other], before, on) {
  const now = {
    far: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
    x: (one.clientX + other.clientX) / 2,
    y: (one.clientY + other.clientY) / 2,
  };
  if (!before) return now;
  on.pan(now.x - before.x, now.y - before.y);
  if (before.far > 0) on.zoom(now.far / before.far, now.x, now.y);
  return now;
}
