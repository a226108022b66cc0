/** What of a tool is searched, field by field. */

import { isObject, objectOr, stringOr, type JsonValue } from "../base/json.ts";
import type { Item, Section } from "../catalog/item.ts";
import { stem } from "./stem.ts";
import { wordsOf } from "./words.ts";

/** How much a word counts in each field, and how many words such a field usually has: beyond that, each counts less. */
const FIELDS = {
  server: { weight: 1.8, length: 3, slope: 0.65 },
  about: { weight: 0.2, length: 30, slope: 0.6 },
  name: { weight: 3.2, length: 4, slope: 0.55 },
  lead: { weight: 1.4, length: 14, slope: 0.5 },
  description: { weight: 0.33, length: 40, slope: 0.75 },
  parameters: { weight: 0.5, length: 8, slope: 0.6 },
  details: { weight: 0.4, length: 40, slope: 0.65 },
} as const;

type FieldName = keyof typeof FIELDS;

/** Bounds on text from outside: characters of one text, parameters of one tool, depth of a schema. */
const LONGEST = 4000;
const MOST = 200;
const DEEPEST = 4;

/** How much each term counts in the tool, all fields together. Depends on nothing but the tool and its server. */
export function weightsOf(item: Item, section: Section | undefined): Map<string, number> {
  const weights = new Map<string, number>();
  const texts = fieldsOf(item, section);
  for (const field of Object.keys(FIELDS) as FieldName[]) {
    const { weight, length, slope } = FIELDS[field];
    const words = wordsOf(texts[field]);
    const each = weight / (1 - slope + slope * (words.length / length));
    for (const word of words) {
      const term = stem(word);
      weights.set(term, (weights.get(term) ?? 0) + each);
    }
  }
  return weights;
}

/** The texts of one tool by field. */
function fieldsOf(item: Item, section: Pick<Section, "server" | "instructions"> | undefined): Record<FieldName, string> {
  const { definition } = item;
  const annotations = objectOr(definition["annotations"]);
  const description = (stringOr(definition["description"]) ?? "").slice(0, LONGEST);
  const lead = leadOf(description);
  const schema = new SchemaText();
  schema.add(definition["inputSchema"], 0);
  return {
    server: item.server,
    about: (section?.instructions ?? "").slice(0, LONGEST),
    name: [item.origin, item.chosen, stringOr(definition["title"]), stringOr(annotations["title"])].filter(Boolean).join(" "),
    lead,
    description: description.slice(lead.length),
    parameters: schema.names.join(" "),
    details: schema.texts.join(" "),
  };
}

/** The first sentence, which says what a tool is for; what follows says how. */
function leadOf(description: string): string {
  return /^\s*[^\n]+?(?:[.!?。](?=\s)|\n|$)/u.exec(description)?.[0] ?? "";
}

/** Collects the names of parameters, and what is said of them. */
class SchemaText {
  readonly names: string[] = [];
  readonly texts: string[] = [];

  add(schema: JsonValue | undefined, depth: number): void {
    if (!isObject(schema) || depth > DEEPEST) return;
    this.#say(schema["description"]);
    if (Array.isArray(schema["enum"])) for (const value of schema["enum"].slice(0, MOST)) this.#say(value);
    for (const [name, property] of Object.entries(objectOr(schema["properties"]))) {
      if (this.names.length >= MOST) return;
      this.names.push(name.slice(0, LONGEST));
      this.add(property, depth + 1);
    }
    this.add(schema["items"], depth + 1);
  }

  #say(value: JsonValue | undefined): void {
    if (typeof value === "string" && this.texts.length < MOST) this.texts.push(value.slice(0, LONGEST));
  }
}
