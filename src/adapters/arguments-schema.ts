/** A tool's schema in the two forms that the AI SDK and Mastra take without a class or function of theirs. */

/** Standard Schema with JSON Schema (standardschema.dev). */
export interface ArgumentsSchema {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "toolyard";
    readonly types?: { readonly input: Record<string, unknown>; readonly output: Record<string, unknown> } | undefined;
    readonly validate: (value: unknown) => { readonly value: Record<string, unknown> };
    readonly jsonSchema: { readonly input: () => Record<string, unknown>; readonly output: () => Record<string, unknown> };
  };
}

/**
 * The AI SDK forbids additional properties in every object of a Standard Schema, which a server may well want. What bears
 * this mark it takes as it is; without it, it would still know the Standard Schema.
 */
const AI_SDK_MARK = Symbol.for("vercel.ai.schema");

/** Checks nothing: the server does, and after its objection Toolyard shows the model the schema. */
export function argumentsSchema(jsonSchema: Record<string, unknown>): ArgumentsSchema {
  const copy = (): Record<string, unknown> => structuredClone(jsonSchema);
  const standard: ArgumentsSchema = {
    "~standard": {
      version: 1,
      vendor: "toolyard",
      validate: (value) => ({ value: value as Record<string, unknown> }),
      jsonSchema: { input: copy, output: copy },
    },
  };
  return Object.assign(standard, { [AI_SDK_MARK]: true, jsonSchema, validate: undefined });
}
