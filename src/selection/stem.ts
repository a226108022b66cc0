/** A light stemmer for English: what is left of a word when its grammar is taken off. Other languages mostly pass as they are. */

const VOWEL = /[aeiouy]/;

/** Plurals, `-ing` and `-ed`; never shorter than three letters, and nothing that would make two meanings one. */
export function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  return unend(singular(word));
}

function singular(word: string): string {
  if (!word.endsWith("s") || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith("ies")) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  if (/(?:sses|shes|ches|xes|zzes)$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

function unend(word: string): string {
  for (const ending of ["ing", "ed"]) {
    if (!word.endsWith(ending)) continue;
    const rest = word.slice(0, -ending.length);
    if (rest.length >= 3 && VOWEL.test(rest)) return soften(rest);
  }
  return soften(word);
}

/** `creating`, `created` and `create` meet in `creat`; `running` and `run` in `run`. */
function soften(rest: string): string {
  if (/([bdfgmnprt])\1$/.test(rest)) return rest.slice(0, -1);
  if (rest.endsWith("e") && rest.length > 3) return rest.slice(0, -1);
  return rest.endsWith("y") && rest.length > 3 ? `${rest.slice(0, -1)}i` : rest;
}
