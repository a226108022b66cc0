import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { startHttp, stdioServer, watchedServer } from "../../test/support/fixture.ts";
import type { HostileEvent } from "../../test/support/events.ts";
import type { HttpClient } from "../../test/support/http-client.ts";
import { textOf } from "../../test/support/inbox.ts";
import { pause, until } from "../../test/support/wait.ts";
import type { Logger } from "../base/log.ts";
import { openFace } from "./face.ts";
import { testGateway, type TestGateway } from "./gateway.suite.ts";
import { servePipe } from "./pipe.ts";

const LEVEL = "io.modelcontextprotocol/logLevel";
const MESSAGE = "notifications/message";

/** A session that wants messages from this level on. */
async function session(test: TestGateway, level?: string): Promise<HttpClient> {
  const client = await test.legacy();
  await client.listen();
  if (level !== undefined) expect((await client.request("logging/setLevel", { level })).result).toEqual({});
  return client;
}

function heard({ inbox }: HttpClient): unknown[] {
  return inbox.of(MESSAGE).map(({ params }) => params?.["data"]);
}

/** Toolyard's own log, as lines. */
function logbook(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const write = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { lines, logger: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") } };
}

describe("a legacy server is set to the most verbose level that a session wants", () => {
  it.each(["stdio", "http"] as const)("on %s: at once, less when that session has gone, anew on each connection", async (carrier) => {
    using pipe = watchedServer();
    await using web = await startHttp({ session: true });
    const [entry, log] = carrier === "stdio" ? [pipe.entry, pipe.log] : [{ url: web.url }, web.log];
    const set = (): unknown[] => log.all({ what: "in", method: "logging/setLevel" }).map(({ level }) => level);
    await using test = await testGateway({ servers: { crm: entry } });
    await test.yard.ready();
    await session(test, "warning");
    expect(set()).toEqual(["warning"]);
    const verbose = await session(test, "debug");
    await session(test, "error");
    expect(set()).toEqual(["warning", "debug"]);
    await test.yard.restart("crm");
    await until(() => set().length === 3);
    await verbose.deleteSession();
    await until(() => set().length === 4);
    expect(set()).toEqual(["warning", "debug", "debug", "warning"]);
    expect(log.violations()).toEqual([]);
  });

  it("but not one that the session does not see, nor one that has no log; one that does not answer costs a moment", async () => {
    using other = watchedServer();
    using without = watchedServer({ features: ["tools"] });
    using mute = watchedServer({ "never-answer": "logging/setLevel" });
    const servers = { other: other.entry, without: without.entry, mute: mute.entry };
    await using test = await testGateway({ servers, config: { toolsets: { some: { servers: ["without", "mute"] } } } });
    await test.yard.ready();
    const client = await test.legacy({}, "/some");
    const startedAt = performance.now();
    expect((await client.request("logging/setLevel", { level: "error" })).result).toEqual({});
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await mute.log.waitFor({ what: "in", method: "logging/setLevel" });
    for (const { log } of [other, without]) expect(log.count({ what: "in", method: "logging/setLevel" })).toBe(0);
  });

  it("and each session gets what it asked for, of its own calls", async () => {
    await using server = await startHttp({ session: true });
    await using test = await testGateway({ servers: { crm: { url: server.url } } });
    await test.yard.ready();
    const [all, errors] = [await session(test, "debug"), await session(test, "error")];
    for (const level of ["debug", "info", "critical"]) {
      await all.call("crm__log", { level, message: `all ${level}` });
      await errors.call("crm__log", { level, message: `errors ${level}` });
    }
    expect([all, errors].map(heard)).toEqual([["all debug", "all info", "all critical"], ["errors critical"]]);
  });
});

describe("a modern server is told with each request", () => {
  it.each(["stdio", "http"] as const)("on %s: the session's level, the request's own, or none", async (carrier) => {
    using pipe = watchedServer({ era: "modern" });
    await using web = await startHttp({ era: "modern" });
    const [entry, log] = carrier === "stdio" ? [pipe.entry, pipe.log] : [{ url: web.url }, web.log];
    await using test = await testGateway({ servers: { crm: entry } });
    await test.yard.ready();
    const [old, silent, modern] = [await session(test, "notice"), await session(test), test.modern()];
    for (const client of [old, silent]) await client.call("crm__log", { level: "error", message: "x" });
    await modern.call("crm__log", { level: "error", message: "x" });
    await modern.call("crm__log", { level: "error", message: "x" }, { meta: { [LEVEL]: "info" } });
    const levels = log.all({ what: "in", method: "tools/call" }).map(({ level }: HostileEvent) => level);
    expect(levels).toEqual(["notice", undefined, undefined, "info"]);
    const told = carrier === "http" ? ["x"] : []; // on stdio nothing says whose a message is
    expect([old, silent, modern].map(heard)).toEqual([told, [], told]);
    expect(log.count({ what: "in", method: "logging/setLevel" })).toBe(0);
  });
});

describe("a modern client of a legacy server", () => {
  it("gets what belongs to its request, from its level on; the server is set to that level if it has to be", async () => {
    await using server = await startHttp({ session: true });
    await using test = await testGateway({ servers: { crm: { url: server.url } } });
    await test.yard.ready();
    await session(test, "error");
    const client = test.modern();
    await client.call("crm__log", { level: "info", message: "unasked" });
    for (const level of ["debug", "info"]) await client.call("crm__log", { level, message: level }, { meta: { [LEVEL]: "info" } });
    await client.call("crm__log", { level: "critical", message: "again" }, { meta: { [LEVEL]: "error" } });
    expect(heard(client)).toEqual(["info", "again"]);
    expect(server.log.all({ what: "in", method: "logging/setLevel" }).map(({ level }) => level)).toEqual(["error", "info"]);
  });
});

describe("what belongs to no call", () => {
  it("goes to Toolyard's own log where several clients use the server, without its secrets", async () => {
    const { logger, lines } = logbook();
    const env = { TOKEN: "very-secret-token" };
    const { command, args } = stdioServer();
    await using test = await testGateway({ servers: { crm: { command, args, env } }, open: { logger } });
    await test.yard.ready();
    const client = await session(test, "debug");
    for (const level of ["debug", "notice", "warning", "alert"]) {
      await client.call("crm__log", { level, message: `${level} of very-secret-token` });
    }
    await until(() => lines.filter((line) => line.includes("logged")).length === 4);
    expect(lines.filter((line) => line.includes("logged"))).toEqual([
      'debug Server "crm" logged: debug of [secret]',
      'info Server "crm" logged: notice of [secret]',
      'warn Server "crm" logged: warning of [secret]',
      'error Server "crm" logged: alert of [secret]',
    ]);
    expect(heard(client)).toEqual([]);
  });

  it("goes to the client whose instance it is, from its level on, and to nobody else", async () => {
    const { logger, lines } = logbook();
    await using test = await testGateway({ servers: { crm: { ...stdioServer(), sharing: "per-client" } }, open: { logger } });
    await test.yard.ready();
    const [one, two] = [await session(test), await session(test, "error")];
    for (const level of ["info", "error"]) {
      expect(textOf(await one.call("crm__log", { level, message: `one ${level}` }))).toBe("sent");
      await two.call("crm__log", { level, message: `two ${level}` });
    }
    await until(() => heard(one).length === 2 && heard(two).length === 1);
    await pause(50);
    expect([one, two].map(heard)).toEqual([["one info", "one error"], ["two error"]]);
    expect(lines.filter((line) => line.includes("logged"))).toEqual([]);
  });

  it("goes to the only client that there can be", async () => {
    await using test = await testGateway({ servers: { crm: stdioServer() } });
    await test.yard.ready();
    const { face, close } = openFace(test.yard);
    const [input, output] = [new PassThrough(), new PassThrough()];
    let text = "";
    output.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const pipe = servePipe(face, input, output, { limits: test.yard.config.limits });
    const send = (message: object): boolean => input.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    send({
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "x", version: "1" } },
    });
    send({ id: 2, method: "tools/call", params: { name: "crm__log", arguments: { level: "info", message: "for me" } } });
    await until(() => text.includes("for me") && text.includes('"id":2'));
    pipe.close();
    close();
  });
});
