/** The names that somebody probably meant who asked for one that is not there. */

/** No exposed name is longer; what is cut off an unknown one could only cost time. */
const LONGEST = 128;
const SUGGESTIONS = 3;
/** Below it, a name has little more in common with the word than any other. */
const NEAR_ENOUGH = 0.55;

/**
 * The nearest of `names`, best first; none where nothing is near enough to be worth naming. Takes time linear in
 * the length of all names. Case and separators do not count, and a forgotten namespace counts little.
 */
export function suggestNames(unknown: string, names: readonly string[]): string[] {
  const word = pairsOf(unknown.slice(0, LONGEST));
  const scored = names.map((name) => ({ name, score: likeness(word, pairsOf(name)) }));
  const near = scored.filter(({ score }) => score >= NEAR_ENOUGH).toSorted((a, b) => b.score - a.score);
  return near.slice(0, SUGGESTIONS).map(({ name }) => name);
}

/** From 0 to 1: mostly how much of the word is in the name, and a little how much of the name is in the word. */
function likeness(word: ReadonlySet<number>, name: ReadonlySet<number>): number {
  let shared = 0;
  for (const pair of name) if (word.has(pair)) shared++;
  return word.size === 0 || name.size === 0 ? 0 : (0.75 * shared) / word.size + (0.25 * shared) / name.size;
}

/** Each letter with the next and with the one after it, so that letters left out or swapped cost few pairs. */
function pairsOf(text: string): Set<number> {
  const letters = text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const pairs = new Set<number>();
  for (let at = 1; at < letters.length; at++) {
    const letter = letters.charCodeAt(at);
    pairs.add(letters.charCodeAt(at - 1) * 256 + letter);
    if (at > 1) pairs.add(letters.charCodeAt(at - 2) * 256 + letter);
  }
  return pairs;
}
