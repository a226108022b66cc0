import { existsSync, statSync, writeFileSync } from "node:fs";
import { PassThrough, type Duplex } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stdioServer, tempDir } from "../../test/support/fixture.ts";
import { modernParams, type WireMessage } from "../../test/support/inbox.ts";
import { until, within } from "../../test/support/wait.ts";
import type { JsonObject } from "../base/json.ts";
import { FakeClock } from "../base/fake-clock.suite.ts";
import { openFace } from "./face.ts";
import { testGateway, type TestGateway } from "./gateway.suite.ts";
import { connectSocket, openSocket } from "./socket.ts";
import { servePipe, type Pipe } from "./pipe.ts";

/** The client's end of a pipe. */
class Line {
  readonly messages: WireMessage[] = [];
  readonly #out: { write(text: string): void; end(): void };
  #rest = "";

  constructor(out: { write(text: string): void; end(): void }, input: NodeJS.ReadableStream) {
    this.#out = out;
    input.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#rest + text).split("\n");
      this.#rest = lines.pop() ?? "";
      this.messages.push(...lines.map((line) => JSON.parse(line) as WireMessage));
    });
  }

  write(text: string): void {
    this.#out.write(text);
  }

  send(message: JsonObject): void {
    this.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }

  answer(id: string | number | null): Promise<WireMessage> {
    return until(() => this.messages.find((message) => message.id === id && message.method === undefined));
  }

  async request(id: string | number, method: string, params: JsonObject = {}): Promise<WireMessage> {
    this.send({ id, method, params });
    return await this.answer(id);
  }

  handshake(version = "2025-11-25"): Promise<WireMessage> {
    return this.request("init", "initialize", { protocolVersion: version, capabilities: {} });
  }

  end(): void {
    this.#out.end();
  }
}

const call = (name: string, args: JsonObject = {}): JsonObject => ({ name, arguments: args });

describe("one client on a pipe", () => {
  let test: TestGateway;
  const opened: { pipe: Pipe; close(): void }[] = [];
  beforeAll(async () => {
    test = await testGateway({ config: { limits: { message: "64KB", sendBuffer: "64KB" } } });
    await test.yard.ready();
  });
  afterAll(async () => {
    for (const { pipe, close } of opened) {
      pipe.close();
      close();
    }
    await test[Symbol.asyncDispose]();
  });

  const open = (): { line: Line; pipe: Pipe; output: PassThrough } => {
    const [input, output] = [new PassThrough(), new PassThrough({ highWaterMark: 16 })];
    const { face, close } = openFace(test.yard);
    const pipe = servePipe(face, input, output, { limits: test.yard.config.limits });
    opened.push({ pipe, close });
    return { line: new Line(input, output), pipe, output };
  };

  it("speaks either era, both at once, and each message for itself", async () => {
    const { line } = open();
    const discover = await line.request("d", "server/discover", modernParams({}, {}));
    expect(discover.result).toMatchObject({ resultType: "complete", supportedVersions: ["2026-07-28"] });
    expect((await line.request(1, "tools/list", modernParams({}, {}))).result).toMatchObject({ resultType: "complete" });
    expect((await line.handshake()).result).toMatchObject({ protocolVersion: "2025-11-25" });
    const legacy = await line.request(2, "tools/call", call("demo__echo", { text: "x" }));
    expect(legacy.result).toEqual({ content: [{ type: "text", text: "x" }] });
    const modern = await line.request(3, "tools/call", modernParams(call("demo__echo", { text: "x" }), {}));
    expect(modern.result).toMatchObject({ resultType: "complete" });
    expect((await line.request(4, "ping")).result).toEqual({});
    expect((await line.request(5, "ping", modernParams({}, {}))).error?.code).toBe(-32601);
  });

  it("must shake hands before it is legacy", async () => {
    const { line } = open();
    expect((await line.request(1, "tools/list")).error).toMatchObject({ code: -32600, message: expect.stringContaining("initialize") });
    line.send({ method: "notifications/initialized" });
    expect((await line.handshake("2024-11-05")).result).toMatchObject({ protocolVersion: "2024-11-05" });
  });

  it("gets the specification's errors, and goes on", async () => {
    const { line } = open();
    await line.handshake();
    for (const bad of ["{", "1", "[]", '{"jsonrpc":"2.0","id":"b","method":7}', '{"id":"c"}']) line.write(`${bad}\n`);
    await until(() => line.messages.length === 6);
    const errors = line.messages.slice(1).map(({ id, error }) => `${id} ${error?.code}`);
    expect(errors.toSorted()).toEqual(["b -32600", "c -32600", "null -32600", "null -32600", "null -32700"]);
    line.send({ id: "large", method: "tools/call", params: call("demo__echo", { text: "x".repeat(70_000) }) });
    expect((await line.answer("large")).error?.message).toContain("over the limit");
    expect((await line.request(1, "ping")).result).toEqual({});
  });

  it("has batches in 2025-03-26", async () => {
    const { line } = open();
    await line.handshake("2025-03-26");
    line.write('[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]\n');
    await until(() => line.messages.length === 2);
    expect(line.messages[1]).toEqual([
      { jsonrpc: "2.0", id: 1, result: {} },
      { jsonrpc: "2.0", id: 2, result: {} },
    ]);
  });

  it("cancels in either era with the same notification, and gets no answer", async () => {
    const { line } = open();
    await line.handshake();
    line.send({ id: 1, method: "tools/call", params: call("demo__wait", { who: "pipe legacy" }) });
    line.send({ id: "1", method: "tools/call", params: modernParams(call("demo__wait", { who: "pipe modern" }), {}) });
    await until(() => test.witness.begun.length === 2);
    line.send({ method: "notifications/cancelled", params: { requestId: "1" } });
    await until(() => test.witness.cancelled.some(({ who }) => who === "pipe modern"));
    line.send({ method: "notifications/cancelled", params: { requestId: 1 } });
    await until(() => test.witness.cancelled.some(({ who }) => who === "pipe legacy"));
    await line.request(2, "ping");
    expect(line.messages.map(({ id }) => id)).toEqual(["init", 2]);
  });

  it("is one client in the modern era too: a question that names no call is put to it, whatever else it has under way", async () => {
    test.yard.add("asks", stdioServer());
    await test.yard.ready();
    const { line } = open();
    const modern = (params: JsonObject): JsonObject => modernParams(params, { elicitation: {} });
    const calls: Record<string, JsonObject> = { slow: call("asks__slow", { ms: 500 }), asks: call("asks__elicit", { message: "Well?" }) };
    for (const [id, params] of Object.entries(calls)) line.send({ id, method: "tools/call", params: modern(params) });
    // Which of the two it was cannot be known.
    const isAsked = ({ result }: WireMessage): boolean => result?.["resultType"] === "input_required";
    const { id, result } = await until(() => line.messages.find(isAsked));
    const inputResponses = { r1: { action: "accept", content: { answer: "yes" } } };
    const again = { ...calls[String(id)], inputResponses, requestState: String(result?.["requestState"]) };
    line.send({ id: "again", method: "tools/call", params: modern(again) });
    await line.answer("again");
    await line.answer(id === "slow" ? "asks" : "slow");
    expect(JSON.stringify(line.messages)).toContain("yes");
    test.yard.remove("asks");
  });

  it("is told of changes, by notification or on a stream that it opened", async () => {
    const { line } = open();
    const other = open().line;
    await line.handshake();
    await other.handshake();
    other.send({ id: "l", method: "subscriptions/listen", params: modernParams({ notifications: { toolsListChanged: true } }, {}) });
    await until(() => other.messages.some(({ method }) => method === "notifications/subscriptions/acknowledged"));
    test.yard.add("piped", { tools: [{ name: "t", call: () => "t" }] });
    await until(() => line.messages.some(({ method }) => method === "notifications/tools/list_changed"));
    await until(() => other.messages.filter(({ method }) => method === "notifications/tools/list_changed").length === 2);
    other.send({ method: "notifications/cancelled", params: { requestId: "l" } });
    await other.request(1, "ping");
    expect(other.messages.some(({ id }) => id === "l")).toBe(false);
  });

  it("has everything cancelled at the end of its input", async () => {
    const { line, pipe } = open();
    await line.handshake();
    line.send({ id: 1, method: "tools/call", params: call("demo__wait", { who: "eof" }) });
    await until(() => test.witness.begun.some(({ who }) => who === "eof"));
    line.end();
    await within(pipe.done, 1_000, "the pipe is done");
    await until(() => test.witness.cancelled.some(({ who }) => who === "eof"), 500);
  });

  it("is dropped when it does not read, but for answers", async () => {
    const [input, output] = [new PassThrough(), new PassThrough({ highWaterMark: 16 })];
    const { face, close } = openFace(test.yard);
    const pipe = servePipe(face, input, output, { limits: test.yard.config.limits });
    opened.push({ pipe, close });
    const say = (message: JsonObject): void => void input.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    say({ id: 0, method: "initialize", params: {} });
    for (let id = 1; id <= 20; id++) say({ id, method: "tools/call", params: call("demo__big", { bytes: 10_000 }) });
    await until(() => output.writableLength + output.readableLength > 200_000);
    expect(output.destroyed).toBe(false);
    test.yard.add("unread", { tools: [{ name: "t", call: () => "t" }] });
    await within(pipe.done, 2_000, "the client is dropped");
  });
});

describe("the local socket", () => {
  const dial = async (path: string, endpoint = "/mcp"): Promise<{ line: Line; socket: Duplex }> => {
    const socket = await connectSocket(path, endpoint);
    if (socket === undefined) throw new Error("nobody listens");
    const line = new Line(socket, socket);
    socket.resume();
    return { line, socket };
  };

  it("serves each connection as one client, that only this user can open", async () => {
    using folder = tempDir();
    const path = folder.file("run/toolyard.sock");
    await using test = await testGateway({ gateway: { socket: path } });
    expect([statSync(path).mode & 0o777, statSync(folder.file("run")).mode & 0o777]).toEqual([0o600, 0o700]);
    const [a, b] = [await dial(path), await dial(path)];
    await a.line.handshake();
    await b.line.handshake();
    a.line.send({ id: 1, method: "tools/call", params: call("demo__wait", { who: "a" }) });
    b.line.send({ id: 1, method: "tools/call", params: call("demo__wait", { who: "b" }) });
    await until(() => test.witness.begun.length === 2);
    a.socket.destroy();
    await until(() => test.witness.cancelled.length === 1, 1_000);
    expect(test.witness.cancelled).toEqual([{ who: "a" }]);
    test.witness.release();
    expect((await b.line.answer(1)).result).toBeDefined();
    await test.gateway.close();
    expect(existsSync(path)).toBe(false);
    await until(() => b.socket.destroyed);
  });

  it("leads to the endpoint that the first line names, and says when there is none", async () => {
    using folder = tempDir();
    const path = folder.file("toolyard.sock");
    expect(await connectSocket(path, "/mcp")).toBeUndefined();
    await using test = await testGateway({ gateway: { socket: path } });
    const { line, socket } = await dial(path, "/mcp/server/demo");
    await line.handshake();
    line.send({ id: 1, method: "tools/list" });
    expect(JSON.stringify((await line.answer(1)).result)).toContain('"name":"wait"');
    socket.destroy();
    await expect(connectSocket(path, "/mcp/nothing")).rejects.toMatchObject({
      code: "ROUTE_UNKNOWN",
      message: expect.stringContaining("nothing") as string,
    });
    await expect(connectSocket(path, "/elsewhere")).rejects.toMatchObject({
      code: "ROUTE_UNKNOWN",
      message: expect.stringContaining("/elsewhere") as string,
    });
    await expect(connectSocket(path, "x".repeat(5_000))).resolves.toBeUndefined();
    await test.gateway.close();
  });

  it("can be another's while its gateway still waits for calls to end", async () => {
    using folder = tempDir();
    const path = folder.file("toolyard.sock");
    await using test = await testGateway({ gateway: { socket: path } });
    const { line } = await dial(path);
    await line.handshake();
    line.send({ id: 1, method: "tools/call", params: call("demo__wait") });
    await until(() => test.witness.begun.length === 1);
    const closing = test.gateway.close({ drainMs: 5_000 });
    expect(await connectSocket(path, "/mcp")).toBeUndefined();
    await using next = await testGateway({ gateway: { socket: path } });
    test.witness.release();
    expect((await line.answer(1)).result).toBeDefined();
    await closing;
    const { line: other } = await dial(path);
    expect((await other.handshake()).result).toBeDefined();
    await next.gateway.close();
  });

  it("is taken over from a process that is gone, never from one that answers", async () => {
    using folder = tempDir();
    const path = folder.file("toolyard.sock");
    await using test = await testGateway({ gateway: { socket: path } });
    await expect(openSocket(path, () => {})).rejects.toMatchObject({ code: "PORT_IN_USE", message: expect.stringContaining(path) });
    const { line, socket } = await dial(path);
    expect((await line.handshake()).result).toBeDefined();
    socket.destroy();
    await test.gateway.close();
    writeFileSync(path, "");
    const taken = await openSocket(path, (connection) => void connection.end());
    await taken.close();
  });

  it("is counted: some time after the last client it is over", async () => {
    using folder = tempDir();
    const path = folder.file("toolyard.sock");
    const clock = new FakeClock();
    let over = 0;
    await using test = await testGateway({ gateway: { clock, socket: path, idle: { afterMs: 600_000, action: () => over++ } } });
    const { line, socket } = await dial(path);
    await line.handshake();
    await clock.pass(1_200_000);
    expect(over).toBe(0);
    socket.destroy();
    await until(() => clock.pending > 0);
    await clock.pass(600_001);
    expect(over).toBe(1);
    expect(test.gateway.port).toBeGreaterThan(0);
  });
});
