// The least that a gateway can be: parse the request, take the prefix off the name, forward it, pipe the answer back.
// No checks, no errors, one server. What Toolyard costs is measured beside it.
//
//   node bare.mjs http-http URL | http-stdio COMMAND ARG… | stdio-http URL
//
// With HTTP on its near side it prints {"url","pid"} when it listens.

import { spawn } from "node:child_process";
import { Agent, createServer, request } from "node:http";
import { createInterface } from "node:readline";

const [pair, target, ...args] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

function renamed(text) {
  const message = JSON.parse(text);
  if (message.params?.name) message.params.name = message.params.name.replace(/^.*?__/, "");
  return message;
}

function forward(message, onAnswer) {
  const body = JSON.stringify(message);
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "content-length": Buffer.byteLength(body),
  };
  request(target, { method: "POST", agent, headers }, onAnswer).end(body);
}

function httpToHttp(text, response) {
  forward(renamed(text), (answer) => {
    const { "content-type": type, "content-length": length } = answer.headers;
    response.writeHead(answer.statusCode, { ...(type && { "content-type": type }), ...(length && { "content-length": length }) });
    answer.pipe(response);
  });
}

function httpToStdio() {
  const child = spawn(target, args, { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map();
  let last = 0;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = JSON.parse(line);
    const { id, response } = waiting.get(message.id);
    waiting.delete(message.id);
    message.id = id;
    const text = JSON.stringify(message);
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) }).end(text);
  });
  return (text, response) => {
    const message = renamed(text);
    if (message.id === undefined) {
      response.writeHead(202).end();
    } else {
      waiting.set(++last, { id: message.id, response });
      message.id = last;
    }
    child.stdin.write(`${JSON.stringify(message)}\n`);
  };
}

function stdioToHttp() {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    forward(renamed(line), (answer) => {
      const parts = [];
      answer
        .on("data", (part) => parts.push(part))
        .on("end", () => parts.length > 0 && process.stdout.write(Buffer.concat([...parts, Buffer.from("\n")])));
    });
  });
  lines.on("close", () => process.exit(0));
}

function listen(handle) {
  const server = createServer((incoming, response) => {
    const parts = [];
    incoming.on("data", (part) => parts.push(part)).on("end", () => handle(Buffer.concat(parts).toString(), response));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => {
    console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/mcp`, pid: process.pid }));
  });
}

if (pair === "stdio-http") stdioToHttp();
else listen(pair === "http-stdio" ? httpToStdio() : httpToHttp);
