/* Whole seconds shared out among shots: what models/seconds.py says, so that the page follows at
   once. Lists are in the order of the shots; null where there is less than a second for each. */

/** The same proportions with this sum; what does not divide goes to the largest remainders. */
export function fit(seconds, total) {
  if (total < seconds.length) return null;
  const weights = seconds.map((each) => Math.max(1, each));
  const short = belowOne(weights, total);
  const [left, among] = share(weights, total, short);
  const whole = weights.map((weight, place) => (short.has(place) ? 1 : Math.floor((weight * left) / among)));
  const rest = (place) => (weights[place] * left) % among;
  const spare = total - whole.reduce((sum, each) => sum + each, 0);
  const favoured = weights
    .map((_weight, place) => place)
    .filter((place) => !short.has(place))
    .sort((one, other) => rest(other) - rest(one) || one - other)
    .slice(0, spare);
  for (const place of favoured) whole[place] += 1;
  return whole;
}

/** Evenly, the earlier shots the longer. */
export function spread(count, total) {
  return fit(Array(count).fill(1), total);
}

/** The next of the totals this way; undefined at the end. */
export function nextOf(totals, now, way) {
  return way > 0 ? totals.find((each) => each > now) : totals.findLast((each) => each < now);
}

/** The nearest of the totals. */
export function nearest(totals, wanted) {
  return totals.reduce((best, each) => (Math.abs(each - wanted) < Math.abs(best - wanted) ? each : best));
}

function belowOne(weights, total) {
  const short = new Set();
  for (;;) {
    const [left, among] = share(weights, total, short);
    const more = weights.flatMap((weight, place) => (!short.has(place) && weight * left < among ? [place] : []));
    if (!more.length) return short;
    for (const place of more) short.add(place);
  }
}

/** What is left for the others, and the sum of their weights. */
function share(weights, total, short) {
  const among = weights.reduce((sum, weight, place) => (short.has(place) ? sum : sum + weight), 0);
  return [total - short.size, among];
}
