/** The rules of the house, as a linter can hold them. `floors` is the one place that says which room may import which. */

import type { OxlintConfig, OxlintOverride } from "oxlint";

/** From the ground up. A file imports from its own room and from the floors below it; rooms of one floor do not know each other. */
export const floors: readonly (readonly string[])[] = [
  ["base"],
  ["wire"],
  ["era"],
  ["config", "store", "cluster"],
  ["upstream"],
  ["catalog"],
  ["router"],
  ["selection", "telemetry"],
  ["spill"],
  ["host", "view-source", "status"],
  ["view", "why", "works", "rules"],
  ["shown"],
  ["sources"],
  ["toolyard"],
  ["open"],
  ["gateway", "adapters", "index"],
  ["dashboard", "agent"],
  ["cli"],
];

/** Faces know the core by its two doors, `toolyard.ts` and `view.ts`, and by the shapes of `host.ts` and `view-source.ts`. */
const faces = new Set(["gateway", "adapters", "dashboard", "agent"]);
const behindTheDoors = ["upstream", "router", "selection", "spill"];
const typesBehindTheDoors = ["config", "catalog"];

/** How deep folders go inside a room. */
const depths = [1, 2, 3];

interface Group {
  group: string[];
  message: string;
  allowTypeImports?: boolean;
}

const packages: Group[] = [
  { group: ["toolyard", "toolyard/**"], message: "Inside the house, import the file itself." },
  { group: ["@openai/*", "@modelcontextprotocol/*"], message: "Not a dependency: adapters know frameworks by structural types only." },
];
const childProcess: Group = { group: ["node:child_process", "child_process"], message: "Only the carriers of src/wire start processes." };
const processModule: Group = { group: ["node:process", "process"], message: "The environment comes in as an argument; src/cli reads it." };
const httpModules: Group = {
  group: ["node:http", "node:https", "http", "https", "undici"],
  message: "Dear at a start: take it from wire/node-http.ts.",
  allowTypeImports: true,
};

const floorOf = (room: string): number => floors.findIndex((rooms) => rooms.includes(room));
const notBelow = (room: string): string[] => floors.slice(floorOf(room)).flatMap((rooms) => rooms.filter((other) => other !== room));

function groupsFor(room: string, toRoot: string, test: boolean): Group[] {
  const paths = (rooms: string[]): string[] => rooms.flatMap((other) => [`${toRoot}${other}/**`, `${toRoot}${other}.ts`]);
  const groups: Group[] = [];
  const above = notBelow(room);
  if (above.length > 0) groups.push({ group: paths(above), message: `Imports go down only: ${room} stands below, or beside.` });
  if (faces.has(room)) {
    groups.push({ group: paths(behindTheDoors), message: "Faces know the core by toolyard.ts and view.ts." });
    groups.push({ group: paths(typesBehindTheDoors), message: "Faces take only types from here.", allowTypeImports: true });
  }
  if (test) return groups;
  groups.push(...packages, httpModules);
  if (room !== "wire") groups.push(childProcess);
  if (room !== "cli") groups.push(processModule);
  return groups;
}

function override(files: string[], excludeFiles: string[], patterns: Group[]): OxlintOverride {
  return { files, excludeFiles, rules: { "eslint/no-restricted-imports": ["error", { patterns }] } };
}

/** Two overrides for each depth of a room: its code, and its tests, which may also start processes and use development packages. */
function overridesFor(room: string): OxlintOverride[] {
  const places = depths.map((depth) => ({ folder: `src/${room}/${"*/".repeat(depth - 1)}`, file: "*", toRoot: "../".repeat(depth) }));
  places.push({ folder: "src/", file: room, toRoot: "./" });
  return places.flatMap(({ folder, file, toRoot }) => {
    const tests = [`${folder}${file}.test.ts`, `${folder}${file}.suite.ts`];
    return [override([`${folder}${file}.ts`], tests, groupsFor(room, toRoot, false)), override(tests, [], groupsFor(room, toRoot, true))];
  });
}

export default {
  plugins: ["eslint", "typescript", "import", "unicorn", "oxc", "promise"],
  categories: { correctness: "error", suspicious: "error" },
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: "error" },
  ignorePatterns: ["dist", "dist-*", "node_modules", "coverage"],
  rules: {
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "eslint/max-lines": ["error", { max: 400 }],
    "eslint/max-lines-per-function": ["error", { max: 60 }],
    "eslint/max-params": ["error", { max: 4 }],
    "eslint/max-depth": ["error", { max: 3 }],
    "eslint/complexity": ["error", { max: 12 }],
    "eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", caughtErrors: "none" }],
    "eslint/eqeqeq": "error",
    "eslint/no-var": "error",
    "eslint/prefer-const": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": ["error", { checksVoidReturn: false }],
    "typescript/only-throw-error": "error",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "typescript/consistent-type-imports": "error",
    "typescript/ban-ts-comment": "error",
    "typescript/explicit-module-boundary-types": "error",
    "typescript/no-unsafe-type-assertion": "off", // outside data is parsed, then asserted at one place
    "unicorn/no-useless-spread": "off", // long lists are grouped by line
    "eslint/no-underscore-dangle": "off", // the protocol has `_meta`
    "typescript/unbound-method": "off", // interfaces are written with methods and made of closures
    "unicorn/consistent-function-scoping": "off",
    "unicorn/prefer-add-event-listener": "off",
    "promise/always-return": "off",
    "import/no-named-as-default-member": "off", // `fc.string()` reads better than `string()`
    "typescript/consistent-return": "off", // tsc has noImplicitReturns; `return void f()` is a short way out
  },
  overrides: [
    {
      files: ["src/**/*.ts"],
      // The environment is read where a person starts Toolyard, and in the one place that a library has for it.
      excludeFiles: ["src/cli/**", "src/config/values/lookup.ts", "src/**/*.test.ts", "src/**/*.suite.ts"],
      rules: {
        "eslint/no-console": "error",
        "eslint/no-restricted-properties": [
          "error",
          { object: "process", property: "env", message: "The environment comes in as an argument." },
          { object: "process", property: "exit", message: "Only src/cli ends the process." },
        ],
      },
    },
    {
      files: ["**/*.test.ts", "**/*.suite.ts"],
      rules: {
        "eslint/max-lines": "off",
        "eslint/max-lines-per-function": "off",
      },
    },
    {
      files: ["src/base/errors.ts"],
      rules: { "eslint/max-params": "off" }, // a table is read by rows
    },
    ...floors.flat().flatMap(overridesFor),
  ],
} satisfies OxlintConfig;
