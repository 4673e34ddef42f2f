/**
 * Numbers of a power law: of `count` keys few are wanted most of the time, and most of them now and then. The density at x is
 * proportional to x^exponent, x from 1 to count; what comes out is 0 for the most frequent key. With an exponent of -1,
 * each doubling of the rank is as likely as the one before; below it the head weighs more.
 */
export function powerLaw(count: number, exponent: number, random: () => number): () => number {
  const power = exponent + 1;
  const end = count + 1;
  return () => {
    const r = random();
    const x = Math.abs(power) < 1e-9 ? end ** r : (r * (end ** power - 1) + 1) ** (1 / power);
    return Math.min(count - 1, Math.floor(x) - 1);
  };
}

/** The share of requests that go to the first `hot` of `count` keys. */
export function shareOf(hot: number, count: number, exponent: number): number {
  const power = exponent + 1;
  if (Math.abs(power) < 1e-9) return Math.log(hot + 1) / Math.log(count + 1);
  return ((hot + 1) ** power - 1) / ((count + 1) ** power - 1);
}
