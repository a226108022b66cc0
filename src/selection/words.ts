/** Text cut into the words that are counted: names as people write them, prose, and scripts that put no space between words. */

/** Letters and digits that belong together; everything else only separates. */
const RUN = /[\p{L}\p{M}\p{N}]+/gu;
/** Within such a run: an acronym with a plural s, an acronym, a word with what is numbered by it, digits, other scripts. */
const PART = /\p{Lu}{2,}s(?![\p{Ll}])|\p{Lu}+(?!\p{Ll})\p{N}*|\p{Lu}?\p{Ll}+\p{N}*|\p{N}+|[^\p{Lu}\p{Ll}\p{N}]+/gu;
const UNSPACED = /\p{scx=Han}|\p{scx=Hiragana}|\p{scx=Katakana}|\p{scx=Hangul}|\p{scx=Thai}/u;
const SIMPLE = /^[a-z]+$/;
const ACCENTS = /\p{M}+/gu;
const NUMBERED = /^(\p{L}{3,})\p{N}+$/u;

/**
 * The words of a text in their order, in lower case and without accents. `getUserByID` is get, user, by, id; what was
 * written together stays findable together (`GitHub` is git, hub and github); runs of Chinese and the like give each pair of signs.
 *
 * @param text anything, lone surrogates included
 */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const run of text.match(RUN) ?? []) {
    if (SIMPLE.test(run)) words.push(run);
    else addRun(run.normalize("NFKD").replaceAll(ACCENTS, ""), words);
  }
  return words;
}

function addRun(run: string, words: string[]): void {
  const parts = run.match(PART) ?? [];
  for (const part of parts) addPart(part.toLowerCase(), words);
  if (parts.length === 2 && !UNSPACED.test(run)) words.push(run.toLowerCase());
}

function addPart(part: string, words: string[]): void {
  if (UNSPACED.test(part)) return addPairs(Array.from(part), words);
  words.push(part);
  const stem = NUMBERED.exec(part)?.[1];
  if (stem !== undefined) words.push(stem);
}

function addPairs(signs: readonly string[], words: string[]): void {
  if (signs.length === 1) words.push(...signs);
  for (let at = 1; at < signs.length; at++) words.push(`${signs[at - 1] ?? ""}${signs[at] ?? ""}`);
}
