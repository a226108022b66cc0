import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { silentLogger, type Logger } from "../../base/log.ts";
import { Secret } from "../../base/secret.ts";
import { openCarrier } from "../../wire/http/open-carrier.ts";
import { sectionOf, snapshotFrom } from "../catalog.suite.ts";
import { Finder } from "../finder.ts";
import { fuse } from "./fusion.ts";
import { Meaning } from "./meaning.ts";

const snapshot = snapshotFrom(
  sectionOf("zoo", [
    { name: "feed", description: "Gives the animals their meal." },
    { name: "open", description: "Opens the gate." },
    { name: "count", description: "Says how many there are." },
  ]),
);

type Script = (inputs: string[], response: ServerResponse, request: IncomingMessage) => void;

let folder: string;
let server: Server;
let script: Script;
let asked: string[][];
let warnings: string[];
let opened: Meaning[];

const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
/** Dinner means what a meal does; everything else is a direction of its own. */
const directionOf = (text: string): number[] => (/meal|dinner/.test(text) ? [1, 0.01, 0] : [0, text.length, 1]);
const answering: Script = (inputs, response) => {
  const data = inputs.map((text, index) => ({ index, embedding: directionOf(text) })).toReversed();
  response.setHeader("content-type", "application/json").end(JSON.stringify({ data }));
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "toolyard-embeddings-"));
  [script, asked, warnings, opened] = [answering, [], [], []];
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += String(piece)));
    request.on("end", () => {
      const { input } = JSON.parse(body) as { input: string[] };
      asked.push(input);
      script(input, response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await Promise.all(opened.map((meaning) => meaning.close()));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

function open(): { meaning: Meaning; finder: Finder } {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const config = { url, model: "m", headers: { Authorization: new Secret("Bearer key") } };
  const carrier = openCarrier(url, { connections: 2, env: {} });
  const meaning = new Meaning({ config, carrier, folder: join(folder, "embeddings"), clock: systemClock, logger });
  opened.push(meaning);
  return {
    meaning,
    finder: new Finder(
      () => snapshot,
      () => meaning,
    ),
  };
}

const names = async (finder: Finder, query: string): Promise<string[]> =>
  (await finder.find(query, { limit: 3, visible: snapshot })).map(({ item }) => item.origin);

test("a tool is found by what it means, once its vector is there", async () => {
  let path: string | undefined;
  let key: string | undefined;
  script = (inputs, response, request) => {
    [path, key] = [request.url, request.headers.authorization];
    answering(inputs, response, request);
  };
  const { finder } = open();
  expect(await names(finder, "dinner")).toEqual([]);
  await expect.poll(() => names(finder, "dinner"), { timeout: 5_000 }).toContain("feed");
  expect((await names(finder, "dinner"))[0]).toBe("feed");
  expect([path, key]).toEqual(["/v1/embeddings", "Bearer key"]);
  expect(warnings).toEqual([]);
});

test("vectors are kept in a private file, and asked for once", async () => {
  const first = open();
  await names(first.finder, "dinner");
  await expect.poll(() => readdir(join(folder, "embeddings")).catch(() => []), { timeout: 5_000 }).toHaveLength(1);
  const [file = ""] = await readdir(join(folder, "embeddings"));
  expect((await stat(join(folder, "embeddings", file))).mode & 0o777).toBe(0o600);
  asked = [];
  const second = open();
  await expect.poll(() => names(second.finder, "dinner"), { timeout: 5_000 }).toContain("feed");
  expect(asked.flat()).toEqual(["dinner"]);
});

test.each<[string, Script]>([
  ["fails", (_, response) => response.writeHead(500).end("no")],
  ["says what is no answer", (_, response) => response.end('{"data":[{"embedding":["x"]}]}')],
  ["ends the connection", (_, response) => response.destroy()],
])("an endpoint that %s is said once, left alone, and costs no search its words", async (_, broken) => {
  script = broken;
  const { finder } = open();
  for (let search = 0; search < 5; search++) expect((await names(finder, "open the gate"))[0]).toBe("open");
  await expect.poll(() => warnings.length, { timeout: 5_000 }).toBe(1);
  await names(finder, "open the gate");
  expect(asked.length).toBeLessThanOrEqual(2);
  expect(warnings).toHaveLength(1);
});

test("an endpoint that hangs delays a search for a moment only, and the end not at all", async () => {
  const { finder, meaning } = open();
  await names(finder, "dinner");
  await expect.poll(() => names(finder, "dinner"), { timeout: 5_000 }).toContain("feed");
  script = () => {};
  const start = performance.now();
  expect((await names(finder, "open the gate"))[0]).toBe("open");
  expect(performance.now() - start).toBeLessThan(2_000); // 300 ms, and what a busy machine adds
  await meaning.close();
});

test("rankings are joined by places", () => {
  expect(fuse(["a", "b", "c"], ["c", "b"])).toEqual(["c", "b", "a"]);
  expect(fuse(["a", "b"], [])).toEqual(["a", "b"]);
});
