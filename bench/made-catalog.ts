/**
 * A catalog of any size, made by the rules of real ones: services of some dozen tools each, names of a verb and a thing, a first
 * sentence, some more, parameters. Words come as in texts, few of them often and most of them seldom. The same number gives the same catalog.
 */

import type { Item, Section, Snapshot } from "../src/catalog/item.ts";
import { snapshotOf } from "../src/catalog/snapshot.ts";
import { Dice } from "./dice.ts";

const VERBS =
  "get list create update delete search send read write export import run check convert analyze schedule approve cancel assign".split(" ");
const THINGS =
  "issue file message event order invoice customer report ticket document image table query user team project task comment branch release channel contact payment product review server domain route station forecast price stock account session policy dataset model chart page note folder device sensor image video song recipe flight hotel booking course exam patient claim shipment".split(
    " ",
  );
const FILLER =
  "the of a to in and for with by from this that returns all given one or an on is are when if optional default as its be which can used name id list value number date text type result status format".split(
    " ",
  );
const SYLLABLES = "ba co di fu ga he ji ko lu ma ne or pi qua ra se ti um va we xo yi za ster lin dor mex phi tal bri".split(" ");
/** How many rarer words there are; a word's rank decides how often it comes. */
const RARE = 20_000;
const TOOLS_PER_SERVER = 14;

export class MadeCatalog {
  readonly #dice: Dice;
  readonly snapshot: Snapshot;
  /** What the server is about whose tools are being made. */
  #topic: readonly string[] = THINGS;

  constructor(tools: number, seed = 1) {
    this.#dice = new Dice(seed);
    const sections: Section[] = [];
    for (let left = tools; left > 0; left -= TOOLS_PER_SERVER)
      sections.push(this.#server(sections.length, Math.min(left, TOOLS_PER_SERVER)));
    this.snapshot = snapshotOf({
      version: 1,
      sections: new Map(sections.map((section) => [section.server, section])),
      tools: sections.flatMap(({ items }) => items),
      prompts: [],
      resources: [],
      templates: [],
      hidden: [],
    });
  }

  /** What a model may ask for: one wish in a few words, or (one of four) several wishes in many. */
  questions(count: number): string[] {
    return Array.from({ length: count }, (_, at) => Array.from({ length: at % 4 === 3 ? 6 : 1 }, () => this.#wish()).join(" "));
  }

  #wish(): string {
    const { tools } = this.snapshot;
    const item = tools[this.#dice.below(tools.length)];
    const [verb = "", thing = ""] = (item?.origin ?? "").split("_");
    return `I need to ${verb} the ${thing} of ${item?.server ?? ""}, with ${this.#words(6)}.`;
  }

  #server(number: number, tools: number): Section {
    const server = `${this.#rareWord()}-${number}`;
    this.#topic = Array.from({ length: 4 }, () => this.#dice.pick(THINGS));
    const items = Array.from({ length: tools }, (_, at) => this.#tool(server, at));
    return { server, prefix: `${server}__`, source: "live", items, hidden: [], instructions: `${this.#words(12)}.`, capabilities: {} };
  }

  #tool(server: string, number: number): Item {
    const [verb, thing] = [this.#dice.pick(VERBS), this.#dice.pick(this.#topic)];
    const origin = `${verb}_${thing}_${this.#rareWord()}_${number}`;
    const name = `${server}__${origin}`;
    const parameters = Array.from({ length: 1 + this.#dice.below(8) }, () => [
      `${this.#dice.pick(this.#topic)}_${this.#dice.pick(FILLER)}`,
      { type: "string", description: this.#words(8) },
    ]);
    const definition = {
      name,
      description: `${verb}s the ${thing} ${this.#words(8)}. ${this.#words(30)}.`,
      inputSchema: { type: "object", properties: Object.fromEntries(parameters) },
    };
    return { kind: "tool", server, origin, id: `${server}/${origin}`, name, definition };
  }

  #words(count: number): string {
    return Array.from({ length: count }, () => this.#word()).join(" ");
  }

  #word(): string {
    const roll = this.#dice.below(10);
    if (roll < 5) return this.#dice.pick(FILLER);
    return roll === 5 ? this.#dice.pick(this.#topic) : this.#rareWord();
  }

  /** By Zipf's law: the word of rank r comes once while the first comes r times. */
  #rareWord(): string {
    let rank = Math.floor(RARE ** this.#dice.share());
    let word = "";
    for (let length = 0; length < 4; length++) {
      word += SYLLABLES[rank % SYLLABLES.length] ?? "";
      rank = Math.floor(rank / SYLLABLES.length) + length;
    }
    return word;
  }
}
