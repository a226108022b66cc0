import { describe, expect, it } from "vitest";
import { isObject, type JsonObject, objectOr, stringOr } from "../../base/json.ts";
import type {
  ArgumentInput,
  ConfigInput,
  LimitsInput,
  OverrideInput,
  ResultsInput,
  ServerInput,
  TimeoutsInput,
  ToolRulesInput,
} from "../input.ts";
import { parseConfig } from "../load.ts";
import { jsonSchema } from "./file.ts";

/** Every key there is: the types see to it that none is left out here, the tests that none is left out of the types. */
type Whole<T> = { [K in keyof T]-?: NonNullable<T[K]> };

const timeouts: Whole<TimeoutsInput> = { connect: "1s", list: "1s", call: 1000, callMax: "1h", idle: "1m", tools: { t: "5m" } };
const argument: Whole<ArgumentInput> = { value: 1, default: 1, description: "d", name: "n" };
const results: Whole<ResultsInput> = { spill: "on", maxBytes: "64KB" };
const override: Whole<OverrideInput> = { name: "n", title: "t", description: "d", arguments: { a: argument }, results };
const tools: Whole<ToolRulesInput> = { allow: ["*"], deny: ["x"], override: { t: override } };
const server: Whole<ServerInput> = {
  type: "stdio",
  command: "x",
  args: [],
  env: {},
  inheritEnv: [],
  cwd: ".",
  url: "http://x",
  headers: {},
  disabled: false,
  namespace: "n",
  connect: "lazy",
  sharing: "shared",
  maxInstances: 1,
  ask: "none",
  trust: "none",
  reload: "swap",
  timeouts,
  concurrency: 1,
  cache: true,
  instructions: "own",
  roots: [],
  tools,
  results,
};
const limits: Whole<LimitsInput> = {
  message: "1MB",
  body: 1_000_000,
  starts: "5/60s",
  stable: "1m",
  backoff: { first: "1s", max: "2s" },
  breaker: { failures: 1, open: "1s" },
  probe: "1s",
  drain: "1s",
  keepAlive: "1s",
  sessionIdle: "1m",
  sendBuffer: "1MB",
  queue: 1,
  queueWait: "1s",
  parked: 1,
  input: "1s",
  pages: 1,
  listDebounce: "1s",
};
const whole: Whole<ConfigInput> = {
  $schema: "x",
  mcpServers: { a: server },
  naming: { separator: "_", maxLength: 60, host: "codex", onConflict: "first" },
  toolsets: { t: { servers: ["a"], tools: ["a/x"], mode: "all", budget: { tools: 5, tokens: 1000 }, pins: ["a/x"] } },
  selection: {
    mode: "search",
    budget: { tools: 10, tokens: 2000 },
    pins: ["a/x"],
    embeddings: { url: "https://x", model: "m", headers: { A: "b" } },
  },
  discovery: { wait: "1s" },
  results,
  limits,
  gateway: { host: "::1", port: 1, publicUrl: "https://x", auth: { keys: true } },
};

const schema = objectOr(jsonSchema());

function property(from: JsonObject, ...path: string[]): JsonObject {
  return path.reduce((at, key) => {
    const branches = Array.isArray(at["anyOf"]) ? at["anyOf"].map(objectOr) : [];
    const object = branches.find((branch) => branch["type"] === "object") ?? at;
    return objectOr(key === "*" ? object["additionalProperties"] : objectOr(object["properties"])[key]);
  }, from);
}

function ownKeys(schemaAt: JsonObject): string[] {
  const branches = Array.isArray(schemaAt["anyOf"]) ? schemaAt["anyOf"].map(objectOr) : [];
  const object = branches.find((branch) => branch["type"] === "object") ?? schemaAt;
  const properties = Object.entries(objectOr(object["properties"]));
  return properties.filter(([, at]) => stringOr(objectOr(at)["description"])?.startsWith("Of other hosts") !== true).map(([key]) => key);
}

describe("the types for code", () => {
  it.each<[string[], object]>([
    [[], whole],
    [["mcpServers", "*"], server],
    [["mcpServers", "*", "timeouts"], timeouts],
    [["mcpServers", "*", "tools"], tools],
    [["mcpServers", "*", "tools", "override", "*"], override],
    [["mcpServers", "*", "tools", "override", "*", "arguments", "*"], argument],
    [["naming"], whole.naming],
    [["toolsets", "*"], whole.toolsets["t"] ?? {}],
    [["toolsets", "*", "budget"], whole.toolsets["t"]?.budget ?? {}],
    [["selection"], whole.selection],
    [["selection", "budget"], { ...whole.selection.budget }],
    [["discovery"], whole.discovery],
    [["limits"], limits],
    [["limits", "backoff"], limits.backoff],
    [["limits", "breaker"], limits.breaker],
    [["gateway"], whole.gateway],
  ])("have the keys of the schema at %j", (path, given) => {
    expect(Object.keys(given).toSorted()).toEqual(ownKeys(property(schema, ...path)).toSorted());
  });

  it("are read, all keys together", () => {
    const arg = { ...argument, default: undefined, name: undefined };
    const entry = { ...server, url: undefined, tools: { ...tools, override: { t: { ...override, arguments: { a: arg } } } } };
    const { rejected, servers } = parseConfig({ ...whole, mcpServers: { a: entry } });
    expect([...rejected.values()]).toEqual([]);
    expect(servers.get("a")?.tools.override.get("t")?.arguments?.get("a")).toEqual({ value: 1, description: "d" });
  });
});

/** Every place of the schema that has an example, with a configuration that consists of it. */
function examples(at: JsonObject, wrap: (value: unknown) => unknown, path: string): [string, unknown][] {
  const own: [string, unknown][] = Array.isArray(at["examples"]) ? at["examples"].map((value) => [path, wrap(value)]) : [];
  const inner = Object.entries(objectOr(at["properties"])).flatMap(([key, value]) =>
    examples(objectOr(value), (given) => wrap({ [key]: given }), `${path}.${key}`),
  );
  const values = at["additionalProperties"];
  const named = isObject(values) ? examples(values, (given) => wrap({ NAME: given }), `${path}.NAME`) : [];
  const branches = Array.isArray(at["anyOf"]) ? at["anyOf"].flatMap((branch) => examples(objectOr(branch), wrap, path)) : [];
  return [...own, ...inner, ...named, ...branches];
}

/** Of an endpoint for embeddings no key can stand alone. */
function withSiblings(given: JsonObject): JsonObject {
  const selection = objectOr(given["selection"]);
  if (selection["embeddings"] === undefined) return given;
  return { ...given, selection: { ...selection, embeddings: { url: "https://x", model: "m", ...objectOr(selection["embeddings"]) } } };
}

describe("the schema", () => {
  const found = examples(schema, (value) => value, "");

  it("has an example for most keys", () => {
    expect(found.length).toBeGreaterThan(60);
  });

  it.each(found)("has an example that is right at %s", (path, value) => {
    const given = objectOr(value);
    const example = objectOr(objectOr(given["mcpServers"])["NAME"]);
    const base = "url" in example || "headers" in example || path.endsWith(".type") ? { url: "https://x" } : { command: "x" };
    const crm = { command: "x", namespace: "crm" };
    const mcpServers = { ...(path.startsWith(".mcpServers") ? { NAME: { ...base, ...example } } : {}), crm, github: { command: "x" } };
    const env = { GITHUB_TOKEN: "t", TOOLYARD_SECRET_CRM: "s", TOOLYARD_SECRET_EMBEDDINGS: "s" };
    const { rejected } = parseConfig({ ...withSiblings(given), mcpServers }, { env });
    expect([...rejected.values()]).toEqual([]);
  });

  it("says something of every key, and gives the defaults that are used", () => {
    const { limits: used, discovery, gateway } = parseConfig({});
    expect(property(schema, "limits", "queue")["default"]).toBe(used.queue);
    expect(property(schema, "discovery", "wait")["default"]).toBe(`${discovery.waitMs / 1000}s`);
    expect(property(schema, "gateway", "port")["default"]).toBe(gateway.port);
    for (const key of ownKeys(property(schema, "mcpServers", "*"))) {
      expect([key, typeof property(schema, "mcpServers", "*", key)["description"]]).toEqual([key, "string"]);
    }
  });
});

describe("the defaults", () => {
  it("are those that the design names", () => {
    const { servers, limits: bounds, discovery, gateway, naming, selection } = parseConfig({ mcpServers: { a: { command: "x" } } });
    expect(servers.get("a")?.timeouts).toEqual({ connectMs: 60_000, listMs: 5000, callMs: 60_000, callMaxMs: 600_000, idleMs: 600_000 });
    expect(servers.get("a")).toMatchObject({ connect: "eager", sharing: "per-identity", ask: "auto", trust: "none", reload: "swap" });
    expect(servers.get("a")).toMatchObject({ concurrency: 64, cache: true, instructions: "own", disabled: false });
    expect(naming).toEqual({ separator: "__", maxLength: 64, hostPrefix: "", onConflict: "error" });
    expect(selection).toEqual({ mode: "auto", budget: { tools: 30, tokens: 8000 }, pins: [] });
    expect(discovery).toEqual({ waitMs: 3000 });
    expect(gateway).toEqual({ host: "127.0.0.1", port: 8808, publicUrl: undefined, auth: { keys: false } });
    expect(bounds).toEqual({
      messageBytes: 10_485_760,
      bodyBytes: 10_485_760,
      starts: { count: 5, windowMs: 60_000 },
      stableMs: 60_000,
      backoff: { firstMs: 1000, maxMs: 60_000 },
      breaker: { failures: 5, openMs: 30_000 },
      probeMs: 2000,
      drainMs: 10_000,
      keepAliveMs: 15_000,
      sessionIdleMs: 1_800_000,
      sendBufferBytes: 1_048_576,
      queue: 256,
      queueWaitMs: 5000,
      parked: 64,
      inputMs: 600_000,
      pages: 64,
      listDebounceMs: 250,
    });
  });
});
