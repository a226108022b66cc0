import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { Answer, Call } from "../base/call.ts";
import type { JsonObject } from "../base/json.ts";
import type { ServerConfig } from "../config/config.ts";
import { OwnClient } from "./own-client.ts";
import type { UpstreamOptions } from "./upstream.ts";

const ROOTS = [{ uri: "file:///a", name: "a" }];
const server = (ask: ServerConfig["ask"] = "auto"): ServerConfig => ({ name: "srv", ask }) as ServerConfig;

/** Options whose own roots are these; what they are asked to declare is what the client can. */
function options(configured?: JsonObject[]): UpstreamOptions {
  const own: Partial<UpstreamOptions> = { capabilities: (_, declared) => ({ client: declared }), roots: async () => configured };
  return own as UpstreamOptions;
}

/** A client that gives these answers in turn; an answer that is none is a refusal to be asked. */
function client(answers: (JsonObject | undefined)[], capabilities: JsonObject = { roots: {} }): { call: Call; asked: unknown[] } {
  const asked: unknown[] = [];
  const ask: Call["ask"] = async (question): Promise<Answer> => {
    asked.push([question.server, question.method]);
    const result = answers.shift();
    if (result === undefined) throw new Error("gone");
    return { result: Body.of(result) };
  };
  const caller = { identity: "local", era: "legacy" as const, protocolVersion: "2025-11-25", capabilities };
  return { call: { method: "tools/call", params: Body.empty, caller, ask }, asked };
}

const ofOneClient = (own: UpstreamOptions, call: Call): UpstreamOptions => new OwnClient(call).optionsFrom(own);

describe("an instance of one client", () => {
  it("is told what that client can", () => {
    const { call } = client([], { sampling: {} });
    expect(ofOneClient(options(), call).capabilities(server())).toEqual({ client: { sampling: {} } });
  });

  it("asks it for its roots, once", async () => {
    const { call, asked } = client([{ roots: ROOTS }]);
    const own = ofOneClient(options(), call);
    expect(await Promise.all([own.roots(server()), own.roots(server())])).toEqual([ROOTS, ROOTS]);
    expect(await own.roots(server())).toEqual(ROOTS);
    expect(asked).toEqual([["srv", "roots/list"]]);
  });

  it("asks again where there was no good answer", async () => {
    const { call } = client([undefined, { roots: "none" }, { roots: ROOTS }]);
    const own = ofOneClient(options(), call);
    expect([await own.roots(server()), await own.roots(server()), await own.roots(server())]).toEqual([undefined, undefined, ROOTS]);
  });

  it("asks again once the client has said that they changed, in its newest request", async () => {
    const [first, second] = [client([{ roots: ROOTS }]), client([{ roots: [] }])];
    const own = new OwnClient(first.call);
    const made = own.optionsFrom(options());
    expect(await made.roots(server())).toEqual(ROOTS);
    own.meet(second.call);
    expect(await made.roots(server())).toEqual(ROOTS);
    own.rootsChanged();
    expect(await made.roots(server())).toEqual([]);
  });

  it("asks in a later request where the first one could not be asked in", async () => {
    const { call } = client([{ roots: ROOTS }]);
    const { method, params, caller } = call;
    const own = new OwnClient({ method, params, caller });
    const made = own.optionsFrom(options());
    expect(await made.roots(server())).toBeUndefined();
    own.meet(call);
    expect(await made.roots(server())).toEqual(ROOTS);
  });

  it("asks nobody where roots are configured, the server may not ask, or the client has none", async () => {
    const { call, asked } = client([{ roots: ROOTS }]);
    expect(await ofOneClient(options([{ uri: "file:///own" }]), call).roots(server())).toEqual([{ uri: "file:///own" }]);
    expect(await ofOneClient(options(), call).roots(server("none"))).toBeUndefined();
    const other = client([{ roots: ROOTS }], {});
    expect(await ofOneClient(options(), other.call).roots(server())).toBeUndefined();
    expect([...asked, ...other.asked]).toEqual([]);
  });
});
