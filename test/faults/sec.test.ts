/** SEC: what servers see of us, and what nobody is to see of servers' secrets. */

import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startHttp, startSse, stdioServer, watchedServer } from "../support/fixture.ts";
import { textOf } from "../support/inbox.ts";
import { canFindProcesses, processesWith } from "../support/processes.ts";
import { until } from "../support/wait.ts";
import { makeHome, startGateway } from "./gateway.ts";
import { scriptServer } from "./tiny.ts";

describe("SEC-01", () => {
  /** What a developer's shell holds. */
  const CANARIES: Readonly<Record<string, string>> = {
    OPENAI_API_KEY: "canary-1",
    AWS_SECRET_ACCESS_KEY: "canary-2",
    GITHUB_TOKEN: "canary-3",
    DATABASE_URL: "postgres://me:canary-4@db/x",
    NPM_TOKEN: "canary-5",
    KUBECONFIG: "/canary-6",
    SSH_AUTH_SOCK: "/canary-7",
    NODE_OPTIONS: "--title=canary-8",
    LD_LIBRARY_PATH: "/canary-9",
    toolyard_secret: "canary-10",
    "BASH_FUNC_evil%%": "() { echo canary-11; }",
    LC_FUNCTION: "() { echo canary-12; }",
  };

  it("SEC-01 a child gets what is on the list and what its entry says, of ten secrets around it none", async () => {
    using plain = watchedServer({ "log-env": true });
    using granted = watchedServer({ "log-env": true });
    using home = makeHome({
      mcpServers: {
        plain: { ...plain.entry, env: { ...plain.entry.env, DECLARED: "yes", TOKEN: "${env:GITHUB_TOKEN}" } },
        granted: { ...granted.entry, inheritEnv: ["AWS_*", "NPM_TOKEN"] },
      },
    });
    await using gateway = await home.serve([], { env: { ...CANARIES, LC_ALL: "C", HTTPS_PROXY: "http://proxy.test:1" } });
    await gateway.untilReady();
    const envOf = async (server: typeof plain): Promise<Record<string, string>> =>
      (await server.log.waitFor({ what: "start" }))["env"] as Record<string, string>;
    const held = (env: Record<string, string>): string[] => Object.keys(env).filter((name) => /canary-\d/.test(env[name] ?? ""));
    const env = await envOf(plain);
    expect(held(env)).toEqual(["TOKEN"]);
    expect(env).toMatchObject({
      DECLARED: "yes",
      TOKEN: "canary-3",
      LC_ALL: "C",
      HTTPS_PROXY: "http://proxy.test:1",
      PATH: process.env["PATH"],
    });
    expect(held(await envOf(granted)).toSorted()).toEqual(["AWS_SECRET_ACCESS_KEY", "NPM_TOKEN"]);
    if (!canFindProcesses) return;
    for (const { pid } of [...processesWith(plain.canary)]) {
      const seen = readFileSync(`/proc/${pid}/environ`, "utf8");
      expect([...seen.matchAll(/canary-\d+/g)].map(String)).toEqual(["canary-3"]);
    }
  });
});

describe("SEC-03", () => {
  const SECRET = "canary-secret-0123456789abcdef";

  it("SEC-03 a token on stderr is masked where its last words are shown, at every place where they may be cut", async () => {
    // Its last 8 KiB are shown: so many words behind the token, and they begin somewhere in it.
    const dying = (words: number): object => ({
      ...scriptServer(`process.stderr.write("x " + process.env.TOKEN + " y".repeat(${words})); process.exitCode = 3;`),
      env: { TOKEN: SECRET },
    });
    const cuts = [100, 4082, 4085, 4089, 4092, 4093, 4094];
    await using gateway = await startGateway({ mcpServers: Object.fromEntries(cuts.map((words) => [`w${words}`, dying(words)])) });
    for (const words of cuts) {
      const { reason = "" } = await gateway.untilServer(`w${words}`, ({ reason: why }) => why?.includes("code 3") === true);
      expect({ words, reason: reason.slice(0, 100), shown: partsOf(SECRET).filter((part) => reason.includes(part)) }).toMatchObject({
        words,
        shown: [],
      });
      expect(reason).toContain("[secret]");
    }
    expect(partsOf(SECRET).filter((part) => gateway.log.includes(part))).toEqual([]);
  });

  it("SEC-03 what a server repeats of our headers in a refusal, an error, or beside the protocol is masked", async () => {
    const header = { Authorization: `Bearer ${SECRET}` };
    await using echoes = await startHttp({ status: "403@call:echo", "status-body": "headers" });
    await using refusing = await startHttp({ status: "401@handshake", "status-body": "headers" });
    await using speaking = await startHttp({ error: `-32000:your ${SECRET} is wrong@call:echo` });
    using noisy = watchedServer({ banner: `token is ${SECRET}`, "stderr-text": `token is ${SECRET}` });
    await using gateway = await startGateway({
      mcpServers: {
        echoes: { url: echoes.url, headers: header },
        refusing: { url: refusing.url, headers: header },
        speaking: { url: speaking.url, headers: header },
        noisy: { ...noisy.entry, env: { ...noisy.entry.env, TOKEN: SECRET } },
      },
    });
    await gateway.untilReady(["echoes", "speaking", "noisy"]);
    await using client = await gateway.client();
    for (const name of ["echoes", "speaking"]) {
      const answer = JSON.stringify(await client.call(`${name}__echo`, { text: "x" }));
      expect(answer).not.toContain("canary-secret");
      expect(answer).toContain("[secret]");
    }
    const { reason } = await gateway.untilServer("refusing", "auth-required");
    expect(reason).toMatch(/\[secret\]/);
    const state = JSON.stringify(await gateway.state());
    expect(state + gateway.log).not.toContain("canary-secret");
    expect(gateway.log).toMatch(/noisy.*token is \[secret\]/);
  });
});

/** All pieces of five characters, but for the words that anybody may say. */
function partsOf(secret: string): string[] {
  const parts = Array.from({ length: secret.length - 4 }, (_, at) => secret.slice(at, at + 5));
  return parts.filter((part) => !"secret".includes(part));
}

describe("SEC-04", () => {
  it.each(["legacy", "modern"] as const)("SEC-04 placeholders in arguments and results are text like any other (%s)", async (era) => {
    const words = [
      "${API_KEY}",
      "${env:API_KEY}",
      "${file:/etc/hostname}",
      "${secret:x}",
      "${input:y}",
      "{{secret}}",
      "{{ env.API_KEY }}",
      "$API_KEY",
      "$${API_KEY}",
      "%API_KEY%",
      "`id`",
      "$(id)",
    ];
    await using http = await startHttp({ era });
    using home = makeHome({ mcpServers: { a: stdioServer({ era }), b: { url: http.url } } });
    await using gateway = await home.serve([], { env: { API_KEY: "canary-secret" } });
    await gateway.untilReady();
    await using client = await gateway.client({ era });
    const text = words.join(" ");
    for (const name of ["a", "b"]) {
      expect(textOf(await client.call(`${name}__echo`, { text }))).toBe(text);
      const { result } = await client.request("prompts/get", { name: `${name}__greet`, arguments: { name: text } });
      expect(JSON.stringify(result)).toContain(JSON.stringify(text).slice(1, -1));
      expect(JSON.stringify((await client.request("resources/read", { uri: "test://${API_KEY}" })).error)).not.toContain("canary");
    }
    expect(JSON.stringify(client.inbox.messages) + gateway.log).not.toContain("canary-secret");
  });
});

describe.skipIf(process.platform === "win32")("SEC-05", () => {
  it("SEC-05 what it writes is the user's alone, whatever the umask: files 0600, folders 0700", async () => {
    const before = process.umask(0);
    try {
      using home = makeHome({ mcpServers: { a: stdioServer() }, gateway: { auth: { keys: true } } });
      expect(statSync(home.configFile).mode & 0o777).toBe(0o666); // what is not careful is open
      const { headers } = await home.key("alice");
      expect((await home.run(["init", "--yes"])).code).toBe(0);
      expect((await home.run(["trust", home.configFile])).code).toBe(0);
      expect((await home.run(["disable", "memory"])).code).toBe(0);
      await using gateway = await home.serve();
      gateway.headers = headers;
      await gateway.untilReady();
      await using bridge = home.stdio();
      await bridge.handshake();
      const files = (): string[] => ["state", "cache", "run", "config"].flatMap((folder) => open(home.directory.file(folder)));
      await until(() => readdirSync(home.directory.file("cache/toolyard/lists")).length > 0);
      expect(files()).toEqual([]);
      await gateway.stop();
      expect(files()).toEqual([]);
    } finally {
      process.umask(before);
    }
  });

  it("SEC-05 a bridge's gateway in the background writes its log for the user alone", async () => {
    const before = process.umask(0);
    try {
      using home = makeHome({ mcpServers: { a: stdioServer() } });
      await using bridge = home.stdio(["--idle-exit", "500"]);
      await bridge.handshake();
      expect(open(home.directory.file("run"))).toEqual([]);
    } finally {
      process.umask(before);
    }
  });

  it("SEC-05 what others can read is not used as a secret, what others can write to is named", async () => {
    using home = makeHome({ mcpServers: {} });
    await home.key("alice");
    expect((await home.run(["servers", "--config", home.configFile])).code).toBe(0);
    const state = home.directory.file("state/toolyard");
    for (const [name, says] of [
      ["key", /The key .* others can read.*chmod 600/s],
      ["keys.json", /file of keys .* others can read.*chmod 600/s],
    ] as const) {
      home.configure({ mcpServers: {}, gateway: { auth: { keys: true } } });
      chmodSync(join(state, name), 0o644);
      const refused = await home.run(["serve", "--config", home.configFile, "--port", "0"]);
      expect(refused).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(says) as string });
      expect(statSync(join(state, name)).mode & 0o777).toBe(0o644);
      chmodSync(join(state, name), 0o600);
    }
    chmodSync(state, 0o777);
    mkdirSync(join(state, "secrets"), { mode: 0o700 });
    writeFileSync(join(state, "secrets/crm"), "x", { mode: 0o644 });
    mkdirSync(home.directory.file("run/toolyard"), { recursive: true });
    chmodSync(home.directory.file("run/toolyard"), 0o770);
    await using gateway = await home.serve();
    for (const folder of [state, home.directory.file("run/toolyard")]) {
      expect(gateway.log).toContain(`Other users can write to ${folder}`);
    }
    expect(gateway.log).toContain("Other users can read crm in ");
  });

  /** What below a folder others can reach, with its mode. Sockets stand in a folder that they cannot enter. */
  function open(folder: string): string[] {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const modes = entries
      .map((entry) => ({ path: join(entry.parentPath, entry.name), directory: entry.isDirectory() }))
      .map(({ path, directory }) => ({ path, mode: statSync(path).mode & 0o777, wanted: directory ? 0o700 : 0o600 }));
    return modes.filter(({ mode, wanted }) => (mode & ~wanted) !== 0).map(({ path, mode }) => `${path} ${mode.toString(8)}`);
  }
});

describe.skipIf(!canFindProcesses)("SEC-06", () => {
  it("SEC-06 no secret stands in the list of processes but one that its user put there, of which he is warned", async () => {
    await using http = await startHttp();
    await using sse = await startSse();
    using told = watchedServer();
    using careless = watchedServer();
    const canary = (nth: number): string => `canary-secret-${nth}`;
    using home = makeHome({
      mcpServers: {
        told: { ...told.entry, env: { ...told.entry.env, TOKEN: "${env:TOLD}", LITERAL_KEY: canary(2) } },
        http: { url: http.url, headers: { Authorization: "Bearer ${env:HEADER}" } },
        sse: { type: "sse", url: `${sse.url}?key=\${env:QUERY}` },
        careless: { ...careless.entry, args: [...careless.entry.args, "--", "--token=${env:CARELESS}"] },
      },
      gateway: { auth: { keys: true } },
    });
    const { key, headers } = await home.key("alice");
    const env = { TOLD: canary(1), HEADER: canary(3), QUERY: canary(4), CARELESS: canary(5) };
    await using gateway = await home.serve([], { env });
    gateway.headers = headers;
    await gateway.untilReady();
    await using bridge = home.stdio([], { env: { ...home.env, ...env } });
    await bridge.handshake();
    const lines = [home.canary, told.canary, careless.canary].flatMap((each) => processesWith(each));
    expect(lines.length).toBeGreaterThanOrEqual(4);
    for (const { command } of lines) {
      expect(command).not.toContain(key.slice(-60));
      const shown = [...command.matchAll(/canary-secret-\d/g)].map(String);
      expect(shown).toEqual(command.includes(careless.log.file) ? [canary(5)] : []);
    }
    expect(gateway.log).toMatch(/Server "careless": its args hold a secret.*Put it into env/);
    expect(gateway.log).not.toMatch(/Server "(told|http|sse)": its args/);
    expect(gateway.log).not.toContain("canary-secret");
  });
});
