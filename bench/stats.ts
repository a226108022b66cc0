/** The few statistics that the benchmark needs. */

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return (
    (quantile(values, 0.5) +
      -quantile(
        values.map((value) => -value),
        0.5,
      )) /
    2
  );
}

/**
 * An interval that holds the true median with 95 % certainty, whatever the distribution: the k-th lowest and k-th
 * highest value, k by the binomial distribution. With fewer than six values it is their whole range.
 */
export function interval(values: readonly number[]): [number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  let cut = 0;
  let outside = 2 * 0.5 ** sorted.length;
  for (let k = 1, ways = sorted.length; ; k++) {
    outside += 2 * ways * 0.5 ** sorted.length;
    if (outside > 0.05 || k > sorted.length / 2) break;
    cut = k;
    ways = (ways * (sorted.length - k)) / (k + 1);
  }
  return [sorted[cut] ?? Number.NaN, sorted[sorted.length - 1 - cut] ?? Number.NaN];
}
