/** SEC-02: secrets in every place that holds one, everything that puts out words, and a search for them in all of it. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { startHttp, stdioServer } from "../support/fixture.ts";
import { send } from "../support/http-raw.ts";
import { makeHome, type Home } from "./gateway.ts";
import { scriptServer } from "./tiny.ts";

/** Where a secret stands, and its value there. */
const SECRETS = {
  variable: "canary/variable+1==",
  literal: "canary-literal-02",
  bearer: "canary-bearer-03",
  cookie: "session=canary-cookie-04",
  password: "canary-pass-05",
  query: "canary-query-06",
  file: "canary-file-07",
  stored: "canary-stored-08",
  envFile: "canary-envfile-09",
  input: "canary-input-10",
  argument: "canary-argument-11",
  rejected: "canary-rejected-12",
} as const;

/** Each secret as it is, in URLs, and as others write it. */
const SPELLINGS = Object.entries(SECRETS).flatMap(([where, value]) => {
  const bytes = Buffer.from(value);
  const all = [value, encodeURIComponent(value), ...(["base64", "base64url", "hex"] as const).map((encoding) => bytes.toString(encoding))];
  return all.map((spelling) => ({ where, spelling }));
});

function secretsIn(text: string): string[] {
  return [...new Set(SPELLINGS.filter(({ spelling }) => text.includes(spelling)).map(({ where }) => where))];
}

/** Servers that fail in many ways, and say all they know while they do. */
function entries(urls: Readonly<Record<"refusing" | "failing" | "echoing" | "closed" | "foreign", string>>): JsonObject {
  const headers = { Authorization: `Bearer ${SECRETS.bearer}`, Cookie: SECRETS.cookie, "X-Api-Key": "${secret:stored}" };
  const withUser = (url: string): string => url.replace("://", `://me:${SECRETS.password}@`);
  const dump = "process.stderr.write(JSON.stringify(process.env) + process.argv.join(' '));";
  const env = { TOKEN: "${env:SECRET_VARIABLE}", DB_PASSWORD: SECRETS.literal, FROM_FILE: "${file:secret.txt}", GIVEN: "${input:given}" };
  return {
    good: { ...stdioServer(), env },
    refusing: { url: urls.refusing, headers },
    failing: { url: withUser(urls.failing) },
    echoing: { url: urls.echoing, headers },
    query: { url: `${urls.echoing}?key=\${env:SECRET_QUERY}`, headers },
    closed: { url: withUser(urls.closed), headers },
    secure: { url: `https://me:${SECRETS.password}@127.0.0.1:${new URL(urls.failing).port}/mcp`, headers },
    foreign: { type: "sse", url: urls.foreign, headers },
    dying: { ...scriptServer(`${dump} process.exitCode = 3;`), env, envFile: "secret.env" },
    babbling: {
      ...scriptServer(`console.log(process.env.TOKEN, process.env.DB_PASSWORD, process.env.GIVEN); setTimeout(() => {}, 60_000);`),
      env,
      timeouts: { connect: "2s" },
    },
    missing: { command: "/nowhere/${env:SECRET_VARIABLE}", args: ["--token", "${env:SECRET_ARGUMENT}"] },
    careless: { ...scriptServer(`${dump} process.exitCode = 4;`), args: ["-e", `${dump} process.exitCode = 4;`, "${env:SECRET_ARGUMENT}"] },
    wrongType: { url: urls.echoing, headers: { Authorization: [SECRETS.rejected] } },
    wrongUrl: { url: `ftp://me:${SECRETS.rejected}@example.test/` },
    wrongKey: { command: "node", token: SECRETS.rejected, envv: { TOKEN: SECRETS.rejected } },
    wrongHeader: { url: urls.echoing, headers: { Authorization: `${SECRETS.rejected}\nx` } },
    lacking: { url: urls.echoing, headers: { Authorization: "${env:SECRET_VARIABLE} ${env:NOT_THERE_AT_ALL}" } },
  };
}

function place(home: Home): void {
  writeFileSync(home.directory.file("secret.txt"), SECRETS.file);
  writeFileSync(home.directory.file("secret.env"), `FROM_ENV_FILE=${SECRETS.envFile}\n`);
  const folder = home.directory.file("state/toolyard/secrets");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, "stored"), SECRETS.stored, { mode: 0o600 });
}

describe("SEC-02", () => {
  it("SEC-02 no secret stands in a log, an error, an answer, an output of a command, or a file but those where its user put it", async () => {
    await using scope = new AsyncDisposableStack();
    const refusing = scope.use(await startHttp({ status: "401@any", "status-body": "headers" }));
    const failing = scope.use(await startHttp({ status: "500@any", "status-body": "headers" }));
    const echoing = scope.use(await startHttp({ status: "400@call:echo", "status-body": "headers" }));
    const foreign = scope.use(await pointingElsewhere());
    using home = makeHome();
    place(home);
    const urls = {
      refusing: refusing.url,
      failing: failing.url,
      echoing: echoing.url,
      closed: "http://127.0.0.1:9/mcp",
      foreign: foreign.url,
    };
    home.configure({ mcpServers: entries(urls), gateway: { auth: { keys: true } } });
    const env = { SECRET_VARIABLE: SECRETS.variable, SECRET_QUERY: SECRETS.query, SECRET_ARGUMENT: SECRETS.argument, TOOLYARD_DEBUG: "1" };
    const input = ["--input", `given=${SECRETS.input}`];
    const outputs = new Map<string, string>();
    const run = async (...args: string[]): Promise<void> => {
      const { stdout, stderr } = await home.run([args[0] ?? "", "--config", home.configFile, ...args.slice(1)], {
        env,
        deadlineMs: 60_000,
      });
      outputs.set(args.join(" ").replaceAll(SECRETS.input, "…"), stdout + stderr);
    };
    const { key, headers } = await home.key("alice");
    {
      await using gateway = await home.serve(input, { env });
      gateway.headers = headers;
      await gateway.untilReady(["good", "echoing"]);
      for (const name of ["dying", "refusing", "failing", "closed", "secure", "foreign", "missing", "careless", "wrongType"]) {
        await gateway.untilServer(name, ({ reason }) => reason !== undefined);
      }
      for (const era of ["legacy", "modern"] as const) {
        await using client = await gateway.client({ era, headers });
        const calls = Object.keys(entries(urls)).map((name) => client.call(`${name}__echo`, { text: "x" }, { deadlineMs: 20_000 }));
        await Promise.all(calls);
        await client.request("resources/read", { uri: "nowhere://x" });
        outputs.set(`client, ${era}`, JSON.stringify(client.inbox.messages));
      }
      for (const path of ["/api/state", "/metrics", "/healthz", "/readyz", "/mcp", "/nothing"]) {
        for (const sent of [headers, { authorization: "Bearer x" }]) {
          const answer = await send(gateway.at(path), { method: "GET", headers: sent });
          outputs.set(`${path} ${answer.status}`, JSON.stringify(answer.headers) + (await answer.text()));
        }
      }
      const asked = [
        ["servers"],
        ["servers", "--json"],
        ["why", "dying", "--json"],
        ["why", "wrongType"],
        ["call", "echoing__echo", "{}"],
        ["serve"],
      ];
      await Promise.all(asked.map((words) => run(...words)));
      outputs.set("log", gateway.log);
      await gateway.stop();
    }
    const own = [["check", "--timeout", "3000"], ["servers", "--timeout", "3000", "--json"], ["serve", "--strict"], ["trust"]];
    await Promise.all(own.map((words) => run(...words, ...input)));
    await run("add", "more", urls.echoing, "--header", `Authorization=Bearer ${SECRETS.bearer}`);
    await run("disable", "good");
    for (const folder of ["state", "cache", "run"]) collect(home.directory.file(folder), outputs);
    const found = [...outputs].map(([what, text]) => ({ what, secrets: secretsIn(text) })).filter(({ secrets }) => secrets.length > 0);
    expect(found).toEqual([]);
    for (const [what, text] of outputs) expect([what, text.includes(key.slice(-60))]).toEqual([what, false]);
    expect(outputs.get("log")).toContain("[secret]");
    expect(outputs.size).toBeGreaterThan(25);
  });

  it("SEC-02 the instrument works: a secret is found in any of its spellings", () => {
    for (const encoding of ["utf8", "base64", "base64url", "hex"] as const) {
      expect(secretsIn(`x ${Buffer.from(SECRETS.variable).toString(encoding)} y`)).toEqual(["variable"]);
    }
  });
});

/** Everything that stands in the files of a folder, but for the secrets that the user keeps there. */
function collect(folder: string, outputs: Map<string, string>): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && !file.includes("/secrets/")) outputs.set(file, readFileSync(file, "utf8"));
  }
}

/** An event stream of the old transport that names an endpoint elsewhere, with our own header in it. */
async function pointingElsewhere(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    response.writeHead(request.method === "GET" ? 200 : 405, { "content-type": "text/event-stream" });
    response.write(`event: endpoint\ndata: http://elsewhere.test/${request.headers.authorization}\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sse`, [Symbol.asyncDispose]: close };
}
