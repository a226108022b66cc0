import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { RpcError } from "../base/call.ts";
import { ToolyardError } from "../base/errors.ts";
import { peekId, readEnvelope, writeError, writeRequest, writeResult, type Envelope } from "./envelope.ts";

const read = (json: string): Envelope => readEnvelope(Buffer.from(json));
const message = (members: string): Envelope => read(`{"jsonrpc":"2.0",${members}}`);
const textOf = (body: Body | undefined): string | undefined => body?.bytes.toString("utf8");

function faultOf(action: () => unknown): string {
  try {
    action();
    return "none";
  } catch (error) {
    return error instanceof ToolyardError ? `${error.code} ${error.message}` : String(error);
  }
}

describe("readEnvelope", () => {
  it("reads a request, its params as they came", () => {
    const params = '{ "name" : "a", "n": 9007199254740993, "x": 1e400, "s": "\\u0041" }';
    const bytes = Buffer.from(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":${params}}`);
    const envelope = readEnvelope(bytes);
    expect(envelope).toMatchObject({ kind: "request", id: 7, method: "tools/call", result: undefined, error: undefined });
    expect(textOf(envelope.params)).toBe(params);
    expect(envelope.params.bytes.buffer).toBe(bytes.buffer);
    expect(envelope.params.get("name")).toBe("a");
    expect(textOf(envelope.params.with({ name: "b" }))).toBe(params.replace('"a"', '"b"'));
  });

  it("reads an answer, its result as it came", () => {
    const envelope = message('"result": { "content": [ ], "n": 1.0 } , "id" : "x"');
    expect(envelope).toMatchObject({ kind: "answer", id: "x", method: undefined, error: undefined });
    expect(textOf(envelope.result)).toBe('{ "content": [ ], "n": 1.0 }');
  });

  it.each<[string, Partial<Envelope>]>([
    ['"id":"1","method":"ping"', { kind: "request", id: "1" }],
    ['"id":1,"method":"ping","params":null', { kind: "request", id: 1 }],
    ['"id":-9007199254740991,"method":"ping"', { id: -9007199254740991 }],
    ['"id":1.0,"method":"ping"', { id: 1 }],
    ['"id":"","method":"ping"', { id: "" }],
    ['"method":"notifications/initialized"', { kind: "notification", id: undefined, method: "notifications/initialized" }],
    ['"id":1,"\\u006dethod":"ping","result":null,"error":null', { kind: "request", method: "ping" }],
    ['"id":1,"error":{"code":-1,"message":"no"}', { kind: "answer", id: 1, error: { code: -1, message: "no" }, result: undefined }],
    ['"id":1,"result":null,"error":{"code":-1,"message":"no"}', { error: { code: -1, message: "no" }, result: undefined }],
    ['"id":null,"error":{"code":-32700,"message":"no"}', { kind: "answer", id: undefined }],
    ['"error":{"code":-32700,"message":"no"}', { kind: "answer", id: undefined }],
    ['"id":1,"error":{"code":-1}', { error: { code: -1, message: "Error -1" } }],
    ['"id":1,"error":{"code":-1,"message":null,"more":[1]}', { error: { code: -1, message: "Error -1", more: [1] } as RpcError }],
    ['"id":1,"error":{"code":-1,"message":{"a": 1}}', { error: { code: -1, message: '{"a": 1}' } }],
    ['"id":1,"error":{"code":-1,"message":"no","data":{"x":1}}', { error: { code: -1, message: "no", data: { x: 1 } } }],
    ['"id":1,"id":2,"method":"a","method":"b"', { id: 2, method: "b" }],
  ])("reads %s", (members, expected) => expect(message(members)).toMatchObject(expected));

  it("reads a result beside fields that are null, and a result that is null", () => {
    expect(textOf(message('"id":1,"method":null,"params":null,"result":{"a":1},"error":null').result)).toBe('{"a":1}');
    expect(textOf(message('"id":1,"result":null').result)).toBe("null");
    expect(message('"id":1,"result":null').result?.object).toEqual({});
  });

  it("takes a byte order mark and white space around the message", () => {
    expect(read('\ufeff \n{"jsonrpc":"2.0","method":"a"}\r\n').method).toBe("a");
  });

  it.each([
    ["", "PARSE_ERROR"],
    ["hello", "PARSE_ERROR"],
    ['{"jsonrpc":"2.0"', "PARSE_ERROR"],
    ['{"jsonrpc":"2.0","id":1,"method":"a"}{}', "PARSE_ERROR"],
    ["[]", "INVALID_REQUEST .*batch"],
    [' [{"jsonrpc":"2.0","id":1,"method":"a"}]', "INVALID_REQUEST .*batch"],
    ["1", "INVALID_REQUEST .*no object"],
    ["null", "INVALID_REQUEST .*no object"],
    ["{}", 'INVALID_REQUEST .*"jsonrpc"'],
    ['{"jsonrpc":2.0,"id":1,"method":"a"}', 'INVALID_REQUEST .*"jsonrpc"'],
    ['{"jsonrpc":"1.0","id":1,"method":"a"}', 'INVALID_REQUEST .*"jsonrpc"'],
    ['{"jsonrpc":"2.0"}', "INVALID_REQUEST .*no method, no result"],
    ['{"jsonrpc":"2.0","id":1}', "INVALID_REQUEST .*no method, no result"],
    ['{"jsonrpc":"2.0","id":1,"error":null}', "INVALID_REQUEST .*no method, no result"],
  ])("refuses %j", (json, expected) => expect(faultOf(() => read(json))).toMatch(new RegExp(`^${expected}`)));

  it.each([
    ['"id":1,"result":{},"error":{"code":1,"message":"a"}', "both"],
    ['"id":1,"method":"a","result":{}', "a method, and a result"],
    ['"id":1,"method":5', '"method" is no string'],
    ['"id":null,"method":"a"', '"id" is null'],
    ['"id":1.5,"method":"a"', '"id" is neither'],
    ['"id":9007199254740993,"method":"a"', '"id" is neither'],
    ['"id":1e400,"method":"a"', '"id" is neither'],
    ['"id":{},"method":"a"', '"id" is neither'],
    ['"id":true,"method":"a"', '"id" is neither'],
    ['"id":9007199254740993,"result":{}', '"id" is neither'],
    ['"id":null,"result":{}', "without an id"],
    ['"result":{}', "without an id"],
    ['"id":1,"method":"a","params":[1]', '"params" is no object'],
    ['"id":1,"method":"a","params":"x"', '"params" is no object'],
    ['"id":1,"error":"boom"', '"error" is no object'],
    ['"id":1,"error":{"message":"boom"}', '"error" is no object'],
    ['"id":1,"error":{"code":"1","message":"boom"}', '"error" is no object'],
    ['"id":1,"error":[]', '"error" is no object'],
  ])("refuses %s", (members, reason) => {
    const fault = faultOf(() => message(members));
    expect(fault).toMatch(/^INVALID_REQUEST/);
    expect(fault).toContain(reason);
  });

  it("decides between equal keys once, so that what goes on has only the one that counted", () => {
    const { params } = message('"id":1,"method":"tools/call","params":{"name":"denied","arguments":{},"na\\u006de":"allowed"}');
    expect(params.get("name")).toBe("allowed");
    expect(textOf(params)).toBe('{"arguments":{},"na\\u006de":"allowed"}');
    expect(textOf(message('"id":1,"result":{"a":1,"a":2}').result)).toBe('{"a":2}');
  });

  it("takes bytes that are no UTF-8, and passes them on", () => {
    const bytes = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":"\xff\xc3"}}', "latin1");
    expect(readEnvelope(bytes).params.bytes.toString("latin1")).toBe('{"x":"\xff\xc3"}');
    expect(faultOf(() => readEnvelope(Buffer.from([0xff, 0xfe, 0x7b])))).toMatch(/^PARSE_ERROR/);
  });

  it("takes 100,000 nested arrays wherever they stand", () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect(textOf(message(`"id":1,"result":{"x":${deep}}`).result)).toBe(`{"x":${deep}}`);
    const { error } = message(`"id":1,"error":{"code":1,"message":${deep},"data":${deep}}`);
    expect(error?.message).toBe(deep);
    expect(writeError(1, { code: 1, message: "a", data: error?.data }).toString()).toContain('"message":"a"');
    expect(faultOf(() => message(`"id":${deep},"method":"a"`))).toMatch(/^INVALID_REQUEST/);
    expect(faultOf(() => read(deep))).toMatch(/^INVALID_REQUEST .*batch/);
  });

  it("only ever throws the two faults that it names", () => {
    const piece = fc.constantFrom(
      '"jsonrpc":"2.0"',
      '"id":',
      '"method":',
      '"params":',
      '"result":',
      '"error":',
      ",",
      "{",
      "}",
      "[",
      "]",
      "null",
      "1",
      '"a"',
      '"code":1',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
        expect(faultOf(() => read(pieces.join("")))).toMatch(/^(none|PARSE_ERROR|INVALID_REQUEST)/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("writing", () => {
  it("gives back what was read, byte for byte", () => {
    const id = fc.oneof(fc.integer(), fc.string());
    const params = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value, null, 1).replaceAll("\n", " "));
    fc.assert(
      fc.property(id, fc.string(), params, (rpcId, method, body) => {
        const request = readEnvelope(writeRequest(rpcId, method, Body.from(Buffer.from(body))));
        expect(request).toMatchObject({ kind: "request", id: rpcId, method });
        expect(textOf(request.params)).toBe(body);
        const answer = readEnvelope(writeResult(rpcId, Body.from(Buffer.from(body))));
        expect(answer).toMatchObject({ kind: "answer", id: rpcId });
        expect(textOf(answer.result)).toBe(body);
      }),
    );
  });

  it("lets no message inside a message stand on a line of its own", () => {
    const inner = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}';
    const bytes = Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":\n${inner}\r\n, "y":"\\n"}}`);
    const { params } = readEnvelope(bytes);
    const expected = `{"x": ${inner}  , "y":"\\n"}`;
    expect(writeRequest(2, "a", params).toString()).toBe(`{"jsonrpc":"2.0","id":2,"method":"a","params":${expected}}`);
    expect(writeResult(2, params).toString()).toBe(`{"jsonrpc":"2.0","id":2,"result":${expected}}`);
    expect(bytes.includes("\n")).toBe(true);
  });

  it("writes notifications and errors", () => {
    expect(writeRequest(undefined, "a", Body.empty).toString()).toBe('{"jsonrpc":"2.0","method":"a","params":{}}');
    expect(writeError(null, { code: 1, message: "a" }).toString()).toBe('{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"a"}}');
  });
});

describe("peekId", () => {
  const whole = '{"jsonrpc":"2.0","id":1234,"result":{"id":5,"content":[{"type":"text","text":"aaaa"}]}}';

  it("finds the id in a message that is cut off behind it", () => {
    for (let cut = 0; cut <= whole.length; cut++) {
      expect(peekId(Buffer.from(whole.slice(0, cut)))).toBe(cut > whole.indexOf("1234") + 4 ? 1234 : undefined);
    }
  });

  it.each<[string, string | number | undefined]>([
    ['{"result":{"id":5,"content":[', undefined],
    ['{"params":{"id":1},"i\\u0064":"x","result":{"id":5', "x"],
    ['\ufeff{"id":7,"result":', 7],
    ['{"id":1.5,"result":', undefined],
    ['{"id":null,"result":', undefined],
    ['{"id":9007199254740993,"result":', undefined],
    ['{"id":3,"error":"boom"}', 3],
    ['{"id":3,?', 3],
    ["no JSON", undefined],
    ['[{"id":3,', undefined],
    ["", undefined],
  ])("in %s it is %j", (head, id) => expect(peekId(Buffer.from(head))).toBe(id));
});
