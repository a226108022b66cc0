/** Joins rankings that were made in different ways, whose scores cannot be compared: by the places alone. */

/** The first places count a little more than the next ones, and no single place decides. */
const DAMPING = 60;

/** What all rankings hold, best first: each gives a thing 1 / (60 + its place). Of equals the one that was met first. */
export function fuse<T>(...rankings: readonly (readonly T[])[]): T[] {
  const scores = new Map<T, number>();
  for (const ranking of rankings) {
    for (const [place, thing] of ranking.entries()) scores.set(thing, (scores.get(thing) ?? 0) + 1 / (DAMPING + place + 1));
  }
  return [...scores].toSorted(([, a], [, b]) => b - a).map(([thing]) => thing);
}
