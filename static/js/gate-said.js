/* Says in #gate-said (role status, never swapped) what the gate's heading and first thing to fix
   have become, and only when they changed. */

let last = words();

document.addEventListener("swapped", () => {
  const now = words();
  if (now === last) return;
  last = now;
  const place = document.getElementById("gate-said");
  if (place) place.textContent = now;
});

function words() {
  const heading = document.querySelector("#gate-head h2")?.textContent ?? "";
  const first = document.querySelector("#gate-rules .no b")?.textContent ?? "";
  return [heading, first].filter(Boolean).join(". ").trim();
}
