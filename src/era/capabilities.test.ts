import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { JsonObject } from "../base/json.ts";
import {
  APPS_EXTENSION,
  canAsk,
  capabilitiesOf,
  clientCapabilitiesToward,
  requiredCapabilities,
  serverCapabilitiesFor,
  TASKS_EXTENSION,
  unionOf,
} from "./capabilities.ts";

const FORM = ["elicitation/create", { message: "?", requestedSchema: {} }] as const;
const NAMED_FORM = ["elicitation/create", { mode: "form" }] as const;
const URL_MODE = ["elicitation/create", { mode: "url", url: "https://example.com" }] as const;
const SAMPLE = ["sampling/createMessage", { messages: [] }] as const;
const SAMPLE_TOOLS = ["sampling/createMessage", { messages: [], tools: [] }] as const;
const SAMPLE_CHOICE = ["sampling/createMessage", { messages: [], toolChoice: {} }] as const;
const ROOTS = ["roots/list", {}] as const;
const OTHER = ["tasks/get", {}] as const;

describe("canAsk", () => {
  const all: JsonObject = { elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: { listChanged: true } };

  it.each([
    [{}, []],
    [all, [FORM, NAMED_FORM, URL_MODE, SAMPLE, SAMPLE_TOOLS, SAMPLE_CHOICE, ROOTS]],
    [{ elicitation: {} }, [FORM, NAMED_FORM]],
    [{ elicitation: { form: {} } }, [FORM, NAMED_FORM]],
    [{ elicitation: { url: {} } }, [URL_MODE]],
    [{ elicitation: { later: {} } }, [FORM, NAMED_FORM]],
    [{ sampling: {} }, [SAMPLE]],
    [{ sampling: { context: {} } }, [SAMPLE]],
    [{ roots: {} }, [ROOTS]],
    [{ elicitation: true, sampling: null, roots: 1 }, []],
  ] as const)("%j", (capabilities, may) => {
    for (const question of [FORM, NAMED_FORM, URL_MODE, SAMPLE, SAMPLE_TOOLS, SAMPLE_CHOICE, ROOTS, OTHER]) {
      const [method, params] = question;
      const wanted = (may as readonly unknown[]).includes(question);
      expect(canAsk(capabilities, method, Body.of(params as JsonObject)), JSON.stringify(question)).toBe(wanted);
    }
  });

  it("can say what is missing", () => {
    expect(requiredCapabilities(URL_MODE[0], Body.of(URL_MODE[1]))).toEqual({ elicitation: { url: {} } });
    expect(requiredCapabilities(SAMPLE_TOOLS[0], Body.of({ tools: [] }))).toEqual({ sampling: { tools: {} } });
    expect(requiredCapabilities(OTHER[0], Body.empty)).toBeUndefined();
  });
});

describe("unionOf", () => {
  it("is empty for none", () => expect(unionOf([])).toEqual({}));

  it("joins what servers offer, at every depth, and changes none of them", () => {
    const first: JsonObject = { tools: { listChanged: true }, extensions: { "a/b": { x: 1 } } };
    const second: JsonObject = { tools: {}, prompts: {}, extensions: { "a/b": { x: 2, y: 2 }, "c/d": {} } };
    const before = structuredClone([first, second]);
    expect(unionOf([first, second])).toEqual({
      tools: { listChanged: true },
      prompts: {},
      extensions: { "a/b": { x: 1, y: 2 }, "c/d": {} },
    });
    expect([first, second]).toEqual(before);
  });
});

describe("serverCapabilitiesFor", () => {
  const union: JsonObject = {
    tools: { listChanged: false },
    prompts: {},
    resources: { subscribe: true },
    logging: {},
    completions: {},
    tasks: { requests: {} },
    extensions: { [TASKS_EXTENSION]: {}, "example.com/x": { a: 1 } },
    later: { b: 1 },
  };
  const all = { listChanged: true, subscribe: true, tasks: true };
  const none = { listChanged: false, subscribe: false, tasks: false };

  it("promises changes because they are ours, and only where they are", () => {
    expect(serverCapabilitiesFor(union, "legacy", all)).toMatchObject({
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
      logging: {},
      completions: {},
      later: { b: 1 },
    });
    expect(serverCapabilitiesFor(union, "legacy", none)).toMatchObject({ tools: {}, prompts: {}, resources: {} });
    expect(serverCapabilitiesFor(union, "legacy", none)["resources"]).toEqual({});
  });

  it("offers nothing that no server offers", () => expect(serverCapabilitiesFor({}, "modern", all)).toEqual({}));

  it("keeps tasks to their era", () => {
    expect(serverCapabilitiesFor(union, "legacy", all)).toMatchObject({
      tasks: { requests: {} },
      extensions: { "example.com/x": { a: 1 } },
    });
    expect(serverCapabilitiesFor(union, "legacy", all)["extensions"]).not.toHaveProperty([TASKS_EXTENSION]);
    expect(serverCapabilitiesFor(union, "modern", all)).not.toHaveProperty("tasks");
    expect(serverCapabilitiesFor(union, "modern", all)["extensions"]).toHaveProperty([TASKS_EXTENSION]);
    expect(serverCapabilitiesFor({ extensions: { [TASKS_EXTENSION]: {} } }, "modern", none)).toEqual({});
  });
});

describe("clientCapabilitiesToward", () => {
  const caller: JsonObject = {
    elicitation: {},
    sampling: { tools: {} },
    roots: { listChanged: true },
    tasks: { list: {} },
    extensions: { [TASKS_EXTENSION]: {}, [APPS_EXTENSION]: { mimeTypes: ["text/html;profile=mcp-app"] } },
  };
  const apps = { [APPS_EXTENSION]: { mimeTypes: ["text/html;profile=mcp-app"] } };

  it("tells a shared server of everything but roots", () => {
    expect(clientCapabilitiesToward({ asks: true, hasRoots: false })).toEqual({
      elicitation: { form: {}, url: {} },
      sampling: { tools: {} },
      extensions: apps,
    });
  });

  it("tells a caller's own server of what that caller can, but for tasks", () => {
    expect(clientCapabilitiesToward({ asks: true, hasRoots: false, caller })).toEqual({
      elicitation: {},
      sampling: { tools: {} },
      roots: { listChanged: true },
      extensions: apps,
    });
    expect(clientCapabilitiesToward({ asks: true, hasRoots: true, caller })["roots"]).toEqual({});
    expect(clientCapabilitiesToward({ asks: true, hasRoots: false, caller, modern: true })).toMatchObject({
      roots: {},
      extensions: { [TASKS_EXTENSION]: {} },
    });
    expect(clientCapabilitiesToward({ asks: true, hasRoots: false, caller: {} })).toEqual({});
    expect(clientCapabilitiesToward({ asks: true, hasRoots: false, caller: { elicitation: true } })).toEqual({});
  });

  it("tells a server that may not ask of nothing to ask", () => {
    expect(clientCapabilitiesToward({ asks: false, hasRoots: false })).toEqual({ extensions: apps });
    expect(clientCapabilitiesToward({ asks: false, hasRoots: false, caller })).toEqual({ extensions: apps });
  });

  it("always tells of configured roots", () => {
    expect(clientCapabilitiesToward({ asks: false, hasRoots: true, caller: {} })).toEqual({ roots: {} });
    expect(clientCapabilitiesToward({ asks: true, hasRoots: true })).toMatchObject({ roots: {} });
  });
});

describe("capabilitiesOf", () => {
  it("follows from what a host can answer", () => {
    const handler = (): void => {};
    expect(capabilitiesOf({})).toEqual({});
    expect(capabilitiesOf({ elicit: handler, sample: handler, roots: handler })).toEqual({
      elicitation: { form: {}, url: {} },
      sampling: { tools: {} },
      roots: {},
    });
  });
});
