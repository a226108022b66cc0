/** `toolyard doctor`: what it finds, and what it says to do. */

import { createServer } from "node:http";
import { once } from "node:events";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { makeHome, type Home, type Outcome } from "../faults/gateway.ts";
import { stdioServer } from "../support/fixture.ts";
import { canUseTerminal, onTerminal } from "./terminal.ts";

interface Report {
  readonly sections: Readonly<Record<string, readonly Finding[]>>;
  readonly limits: readonly { readonly key: string; readonly value: string; readonly otherwise?: string }[];
}

const doctor = (home: Home, env: Readonly<Record<string, string>> = {}): Promise<Outcome> =>
  home.run(["doctor", "--config", home.configFile, "--json"], { env, deadlineMs: 90_000 });
const reportOf = ({ stdout }: Outcome): Report => JSON.parse(stdout) as Report;
const saysOf = (report: Report, section: string, about: string): Finding | undefined =>
  report.sections[section]?.find((finding) => finding.about === about);
/** The port of the gateway must be one that is free. */
const gateway = { port: 39_871 };

describe.concurrent("doctor", () => {
  it("is content with what is well, shows every limit, and leaves nothing behind", async () => {
    using home = makeHome({ gateway, mcpServers: { s: stdioServer() }, limits: { queue: 7 } });
    const outcome = await doctor(home);
    const report = reportOf(outcome);
    expect({
      code: outcome.code,
      bad: Object.values(report.sections)
        .flat()
        .filter(({ level }) => level === "bad"),
    }).toEqual({ code: 0, bad: [] });
    expect(Object.keys(report.sections)).toEqual(["program", "configuration", "state", "gateway", "servers", "tools"]);
    expect(saysOf(report, "servers", "s")?.says).toMatch(/^ready, \d+ tools, stdio/);
    const limits = Object.fromEntries(report.limits.map(({ key, value }) => [key, value]));
    expect(limits).toMatchObject({
      "limits.queue": "7",
      "limits.starts": "5/60s",
      "discovery.wait": "3s",
      "mcpServers.*.timeouts.call": "60s",
    });
    expect(report.limits.filter(({ otherwise }) => otherwise !== undefined)).toEqual([
      { key: "limits.queue", value: "7", otherwise: "256" },
    ]);
  });

  it("names what does not start and why, wrong entries, long names, shared state, and what programs do not get", async () => {
    const long = `tool_${"x".repeat(50)}`;
    const browser = stdioServer({ tool: ["browser_navigate", "browser_login", long], only: ["browser_navigate", "browser_login", long] });
    const crash = { command: process.execPath, args: ["-e", "console.error('no key'); process.exit(3)"] };
    const mcpServers = {
      browser,
      gone: { command: "no-such-program" },
      crash,
      wrong: { comand: "x" },
      off: { command: "x", disabled: true },
    };
    using home = makeHome({ gateway, mcpServers });
    const outcome = await doctor(home, { SOME_API_KEY: "secret-value" });
    const report = reportOf(outcome);
    expect(outcome.code).toBe(2);
    expect(saysOf(report, "configuration", "wrong")).toMatchObject({ level: "bad", says: expect.stringMatching(/comand.*"command"/) });
    expect(saysOf(report, "configuration", "variables")?.says).toContain("SOME_API_KEY");
    expect(outcome.stdout).not.toContain("secret-value");
    expect(saysOf(report, "servers", "gone")).toMatchObject({ level: "bad", says: expect.stringContaining("no-such-program") });
    expect(saysOf(report, "servers", "crash")).toMatchObject({ level: "bad", says: expect.stringContaining("no key") });
    expect(saysOf(report, "servers", "off")?.level).toBe("note");
    expect(saysOf(report, "tools", "claude-code, codex")).toMatchObject({ level: "hint", mend: expect.stringContaining('"claude-code"') });
    expect(saysOf(report, "tools", "browser")).toMatchObject({ level: "hint", mend: expect.stringContaining("per-client") });
    home.configure({ gateway, mcpServers: { gone: mcpServers.gone } });
    expect((await doctor(home)).code).toBe(1);
  });

  it("goes on where there is no configuration, or a broken one", async () => {
    using home = makeHome('{ "mcpServers": ');
    const broken = await doctor(home);
    expect(broken.code).toBe(2);
    expect(reportOf(broken).sections["configuration"]?.[0]).toMatchObject({
      level: "bad",
      says: expect.stringContaining("toolyard.json:1:"),
    });
    const nowhere = await home.run(["doctor", "--json"], {
      cwd: home.directory.path,
      env: { XDG_CONFIG_HOME: home.directory.file("none") },
    });
    expect(nowhere.code).toBe(2);
    expect(reportOf(nowhere).limits.length).toBeGreaterThan(20);
  });

  it("sees what a crash left, what others can read, and who has the port", async () => {
    const stranger = createServer((_, response) => void response.end("hello"));
    await once(stranger.listen(0, "127.0.0.1"), "listening");
    const { port } = stranger.address() as AddressInfo;
    using home = makeHome({ gateway: { port }, mcpServers: { old: stdioServer(), s: stdioServer({ "ignore-eof": true }) } });
    try {
      const crashed = await home.serve(["--port", "0"]);
      await crashed.untilReady();
      crashed.kill("SIGKILL");
      await crashed.exited;
      const key = join(home.env["XDG_STATE_HOME"] ?? "", "toolyard/key");
      expect(existsSync(key)).toBe(true);
      const extra = join(home.env["XDG_STATE_HOME"] ?? "", "toolyard/trusted.json");
      writeFileSync(extra, "{}", { mode: 0o644 });
      chmodSync(extra, 0o644);
      writeFileSync(home.directory.file(".toolyard.json.1.abc.tmp"), "{");
      const { mcpServers } = JSON.parse(readFileSync(home.configFile, "utf8")) as { mcpServers: Record<string, object> };
      home.configure({ gateway: { port }, mcpServers: { s: mcpServers["s"] } });
      const before = readdirSync(home.directory.path);
      const outcome = await doctor(home);
      const report = reportOf(outcome);
      expect(outcome.code).toBe(1);
      expect(saysOf(report, "state", "processes")).toMatchObject({
        level: "hint",
        says: expect.stringMatching(/killed; [\d, ]+ still run/),
      });
      expect(saysOf(report, "state", "cache")?.says).toContain("old");
      expect(saysOf(report, "state", extra)).toMatchObject({ level: "bad", mend: expect.stringContaining("chmod 600") });
      expect(report.sections["state"]?.some(({ says }) => says.includes("record of a gateway that no longer runs"))).toBe(true);
      expect(saysOf(report, "gateway", "gateway")).toMatchObject({ level: "bad", says: expect.stringContaining(`${port} is taken`) });
      expect(readdirSync(home.directory.path)).toEqual(before);
    } finally {
      stranger.close();
    }
  });

  it("asks a gateway that runs, and starts nothing", async () => {
    using home = makeHome({ mcpServers: { s: stdioServer() } });
    await using running = await home.serve();
    await running.untilReady();
    const report = reportOf(await doctor(home));
    expect(saysOf(report, "gateway", "gateway")?.says).toContain(`process ${running.pid}`);
    expect(saysOf(report, "servers", "s")?.level).toBe("good");
    expect((await running.server("s")).restarts).toBe(0);
  });

  it.skipIf(!canUseTerminal)("fits a terminal of 80 columns", async () => {
    using home = makeHome({ gateway, mcpServers: { s: stdioServer(), gone: { command: "no-such-program" } }, limits: { queue: 7 } });
    const { shown } = await onTerminal(home, ["doctor", "--config", home.configFile]);
    for (const line of stripVTControlCharacters(shown).split("\r\n"))
      expect({ line, long: line.length > 80 && / .+ /.test(line.trim()) }).toMatchObject({ long: false });
    expect(shown).toContain("1 to mend.");
  });
});
