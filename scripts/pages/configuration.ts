import { jsonSchema } from "../../src/config/schema/file.ts";
import { intro } from "./prose.ts";

/** What of a JSON Schema the configuration uses. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

/** Begins the description of a key that is understood only because other hosts write it. */
const foreign = "Of other hosts: ";

/** docs/configuration.md: every key of the file, section by section. */
export function configurationPage(): string {
  return [intro, ...section("The file", jsonSchema(), "")].join("\n");
}

/** toolyard.schema.json: for editors. */
export function schemaFile(): string {
  return `${JSON.stringify(jsonSchema(), undefined, 2)}\n`;
}

/** A heading, the table of its keys, and the sections of those keys that have keys of their own. */
function section(title: string, schema: Schema, path: string): string[] {
  const keys = Object.entries(schema.properties ?? {}).map(([key, value]) => ({ key, value, inner: innerOf(value), at: `${path}${key}` }));
  const ours = keys.filter(({ value }) => !isForeign(value));
  const theirs = keys.filter(({ value }) => isForeign(value));
  return [
    `## ${title}`,
    "",
    ...(path === "" ? [] : [schema.description ?? "", ""]),
    "| Key | Type | Default | Meaning | Example |",
    "|---|---|---|---|---|",
    ...ours.map(({ key, value, inner, at }) => row(key, value, inner && `${at}${inner.step}`)),
    "",
    ...(theirs.length > 0 ? [foreignKeys(theirs), ""] : []),
    ...ours.flatMap(({ inner, at }) => (inner ? section(`\`${at}${inner.step}\``, inner.schema, `${at}${inner.step}.`) : [])),
  ];
}

function row(key: string, value: Schema, target: string | undefined): string {
  const [example] = value.examples ?? [];
  const { meaning, fallback } = describe(value);
  const cells = [
    `\`${key}\``,
    kind(value),
    fallback,
    target === undefined ? meaning : `${meaning} See [\`${target}\`](#${anchor(target)}).`,
    example === undefined
      ? ""
      : code({ [key]: example })
          .replace("`{", "`")
          .replace("}`", "`"),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** A default that depends on other keys stands as a sentence in the description. */
function describe({ description = "", default: given }: Schema): { meaning: string; fallback: string } {
  const sentence = / ?Default: ([^.]+)\./.exec(description);
  const fallback = given === undefined || JSON.stringify(given) === "{}" ? "" : code(given);
  return sentence === null
    ? { meaning: description, fallback }
    : { meaning: description.replace(sentence[0], ""), fallback: sentence[1] ?? "" };
}

function foreignKeys(keys: readonly { key: string; value: Schema }[]): string {
  const meanings = Map.groupBy(keys, ({ value }) => value.description?.slice(foreign.length) ?? "");
  const lines = [...meanings].map(([meaning, group]) => `- ${group.map(({ key }) => `\`${key}\``).join(", ")}: ${meaning}`);
  return ["Keys that other hosts put on an entry are accepted, so that it can be pasted unchanged:", "", ...lines].join("\n");
}

function isForeign({ description }: Schema): boolean {
  return description?.startsWith(foreign) === true;
}

/** The object with keys of its own that a value is or holds by name, and what stands between in a path. */
function innerOf(value: Schema): { schema: Schema; step: string } | undefined {
  const choices = [value, ...(value.anyOf ?? [])];
  const object = choices.find(({ properties }) => properties !== undefined);
  if (object) return { schema: object, step: "" };
  const named = choices.map(({ additionalProperties }) => additionalProperties).find((of) => typeof of === "object" && of.properties);
  return typeof named === "object" ? { schema: named, step: ".NAME" } : undefined;
}

/** A value in words. */
function kind(value: Schema): string {
  if (value.title !== undefined) return value.title;
  if (value.anyOf) return value.anyOf.map(kind).join(" or ");
  if (value.enum) return value.enum.map(code).join(", ");
  if (value.items) return `list of ${kind(value.items)}`;
  if (typeof value.additionalProperties === "object") return `${kind(value.additionalProperties)} by name`;
  if (value.type === "integer") return `${value.minimum}–${value.maximum}`;
  const words: Record<string, string> = { string: "text", boolean: "true, false", object: "object" };
  return words[String(value.type)] ?? "anything";
}

function code(value: unknown): string {
  return fenced(JSON.stringify(value));
}

function fenced(text: string): string {
  const fence = text.includes("`") ? "``" : "`";
  return `${fence}${text}${fence}`;
}

/** The fragment that Markdown viewers give a heading. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^a-z0-9_ -]/g, "");
}
