import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startServer } from "./start-server.ts";
import { callText, connect, eras } from "./test-client.ts";

const script = fileURLToPath(new URL("operations/servers/monitoring.ts", import.meta.url));

async function listening(child: ChildProcess): Promise<{ url: string; pid: number }> {
  const [line] = await once(child.stdout ?? child, "data");
  return JSON.parse(String(line)) as { url: string; pid: number };
}

describe("a demo server", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("says where it listens, and ends by %s with a client connected", async (signal) => {
    const child = spawn(process.execPath, [script, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
    const { url, pid } = await listening(child);
    expect(pid).toBe(child.pid);
    const clients = await Promise.all(eras.map((era) => connect({ url }, era)));
    expect(await callText(clients[0] ?? expect.fail(), "uptime")).toMatch(/^Up for/);
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
    await Promise.all(clients.map((client) => client.close()));
  });

  it("ends when whoever started it is gone", async () => {
    const child = fork(script, ["--port", "0"], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
    await listening(child);
    child.disconnect();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("ends by itself when startServer closes it", async () => {
    const started = await startServer(script);
    const before = Date.now();
    await started.close();
    expect(Date.now() - before).toBeLessThan(2500);
    expect(() => process.kill(started.pid, 0)).toThrow("ESRCH");
    await started.close();
  });

  it("ends on stdio when its input ends", async () => {
    const child = spawn(process.execPath, [script], { stdio: ["pipe", "ignore", "inherit"] });
    child.stdin?.end();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it.each(["x", "-1", "70000", ""])("refuses --port=%s and says what would be right", async (port) => {
    const child = spawn(process.execPath, [script, `--port=${port}`], { stdio: ["ignore", "ignore", "pipe"] });
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
    expect([code, stderr]).toEqual([2, `--port "${port}": give a number from 0 (a free port) to 65535.\n`]);
  });

  it("names a port that is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const child = spawn(process.execPath, [script, "--port", String(port)], { stdio: ["ignore", "ignore", "pipe"] });
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^Port ${port}: .*EADDRINUSE.* Choose another with --port\\.\n$`));
  });

  it("that ends before it listens is reported", async () => {
    const silent = new URL("answer.ts", import.meta.url);
    await expect(startServer(silent)).rejects.toThrow(/answer\.ts ended with 0 before it listened/);
  });
});
