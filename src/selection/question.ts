/** A question read: which terms it wants, how much each says, and in which of its clauses it stands. */

import { weightOfWord } from "./lexicon/noise.ts";
import { stem } from "./stem.ts";
import { wordsOf } from "./words.ts";

/** One term as it is wanted. */
export interface Wanted {
  readonly term: string;
  /** From the word alone: 1 in full. */
  readonly weight: number;
  /** The word joined to the one before it, as names write it: `file system` is also `filesystem`. */
  readonly joined: string | undefined;
  /** How often it stands in its clause. */
  count: number;
}

export type Clause = ReadonlyMap<string, Wanted>;

/** Of a longer question the beginning counts. */
const LONGEST = 6000;
const CLAUSES = 12;
/** A clause with fewer terms is no wish of its own, and belongs to the one before. */
const FEWEST = 3;

const PARTS = /[.!?;:—](?=\s|$)|[。！？；\n]|\s[-–+|/]\s|[,，、]|\b(?:and|then|also|additionally|or|as well as|plus|afterwards)\b/iu;
const ADDRESS = /https?:\/\/\S+/gi;
const PATH =
  /(?<=^|[\s"'`(])(?:(?:~|\.{1,2}|[a-z]:)?(?:[\\/][\w.@-]+){2,}\/?|[\w-]+\.(?:md|txt|csv|json|xlsx?|docx?|pptx?|pdf|html?|png|jpe?g|gif|svg|mp[34]|wav|py|[jt]sx?|xml|ya?ml|zip|log|sql))(?=$|[\s"'`),.;:?!])/gi;
/** Before a path: something is to be put there. */
const KEEPING = /(?:sav|writ|stor|export|output|creat|generat)\w*\b[^.!?\n]{0,60}$/i;
const REACH = 80;
const ENDING = /\.(\w{1,5})$/;
/** Keys, hashes and base64: whatever they are, they are no words. */
const UNREADABLE = /(?<![\w+/=-])[\w+/=-]{40,}/g;

/** The clauses of a question; none where nothing in it says anything. */
export function clausesOf(question: string): Clause[] {
  const clauses: Map<string, Wanted>[] = [];
  for (const part of withoutArguments(question.slice(0, LONGEST)).split(PARTS)) {
    const terms = termsOf(part);
    const last = clauses.at(-1);
    if (terms.size === 0) continue;
    if (last !== undefined && (terms.size < FEWEST || last.size < FEWEST || clauses.length === CLAUSES)) join(last, terms);
    else clauses.push(terms);
  }
  return clauses;
}

/** Paths and addresses are arguments: what they name is the user's, and that there is one says what kind of tool is wanted. */
function withoutArguments(text: string): string {
  const plain = text.replaceAll(ADDRESS, " url ");
  const wish = (path: string, at: number): string => {
    const verb = KEEPING.test(plain.slice(Math.max(0, at - REACH), at)) ? "write" : "";
    return ` file ${ENDING.exec(path)?.[1] ?? ""} ${verb} `;
  };
  return plain.replaceAll(PATH, wish).replaceAll(UNREADABLE, " ");
}

function termsOf(text: string): Map<string, Wanted> {
  const terms = new Map<string, Wanted>();
  let before = "";
  for (const word of wordsOf(text)) {
    const weight = weightOfWord(word);
    if (weight === 0) continue;
    add(terms, { term: stem(word), weight, joined: before === "" ? undefined : stem(before + word), count: 1 });
    before = word;
  }
  return terms;
}

function join(terms: Map<string, Wanted>, more: Clause): void {
  for (const wanted of more.values()) add(terms, wanted);
}

function add(terms: Map<string, Wanted>, wanted: Wanted): void {
  const known = terms.get(wanted.term);
  if (known === undefined) terms.set(wanted.term, wanted);
  else known.count += wanted.count;
}
