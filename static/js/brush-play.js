/* What is painted moves along its points over the still, once; with reduced motion in steps. */

const LASTS = 3000;
const STEPS = 6;
const STEP_MS = 700;

/** Calls show(part) with 0 to 1, then done(). Returns how to stop. */
export function play(show, done) {
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return playSteps(show, done);
  let began = null;
  let asked = requestAnimationFrame(function next(now) {
    began ??= now;
    const part = Math.min(1, (now - began) / LASTS);
    show(part);
    if (part < 1) asked = requestAnimationFrame(next);
    else done();
  });
  return () => cancelAnimationFrame(asked);
}

function playSteps(show, done) {
  let step = 0;
  const next = () => {
    if (step > STEPS) {
      clearInterval(timer);
      return done();
    }
    show(step / STEPS);
    step += 1;
    return undefined;
  };
  const timer = setInterval(next, STEP_MS);
  next();
  return () => clearInterval(timer);
}
