import { describe, expect, it } from "vitest";
import { Body } from "../base/body.ts";
import type { Answer } from "../base/call.ts";
import { ToolyardError } from "../base/errors.ts";
import type { RoutedCall } from "../router/route.ts";
import { createMetrics } from "./metrics.ts";

const routed = (server: string, tool: string): RoutedCall =>
  ({
    call: { method: "tools/call", params: Body.empty, caller: {} },
    route: { server: { name: server }, item: { kind: "tool", origin: tool }, name: tool },
  }) as unknown as RoutedCall;

const ok: Answer = { result: Body.of({ content: [] }) };

describe("metrics", () => {
  it("count calls by what came of them, and pass on what came", async () => {
    const { middleware, text } = createMetrics();
    const call = routed("crm", "find");
    expect(await middleware(call, () => Promise.resolve(ok))).toBe(ok);
    await middleware(call, () => Promise.resolve(ok));
    await middleware(call, () => Promise.resolve({ result: Body.of({ isError: true }) }));
    await middleware(call, () => Promise.resolve({ error: { code: -32602, message: "" } }));
    await expect(middleware(call, () => Promise.reject(new ToolyardError("CALL_TIMEOUT", "late")))).rejects.toThrow("late");
    const labels = (outcome: string): string => `toolyard_calls_total{server="crm",method="tools/call",tool="find",outcome="${outcome}"}`;
    const lines = text([]).split("\n");
    expect(lines).toContain(`${labels("ok")} 2`);
    for (const outcome of ["tool_error", "error", "CALL_TIMEOUT"]) expect(lines).toContain(`${labels(outcome)} 1`);
    expect(lines).toContain('toolyard_call_duration_seconds_count{server="crm"} 5');
    expect(lines).toContain('toolyard_call_duration_seconds_bucket{server="crm",le="+Inf"} 5');
  });

  it("have buckets that only rise", async () => {
    const { middleware, text } = createMetrics();
    for (const ms of [0, 5, 20]) {
      await middleware(routed("a", "b"), () => new Promise((resolve) => setTimeout(() => resolve(ok), ms)));
    }
    const counts = [...text([]).matchAll(/_bucket\{.*\} (\d+)/g)].map(([, count]) => Number(count));
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBe(3);
  });

  it("are lines of the format, whatever a server calls itself", async () => {
    const { middleware, text } = createMetrics();
    await middleware(routed('s"\n\\', 'x\n{"level":"info"}'), () => Promise.resolve(ok));
    const servers = [{ name: "a\nb", state: "ready", tools: 3, inFlight: 1, restarts: 2 }];
    const lines = text(servers).trimEnd().split("\n");
    const legal = /^(# (HELP|TYPE) .+|[a-z_]+(\{([a-z]+="([^"\\\n]|\\[\\n"])*",?)*\})? [-+.0-9e]+)$/;
    expect(lines.filter((line) => !legal.test(line))).toEqual([]);
    expect(lines).toContain('toolyard_server_ready{server="a\\nb"} 1');
    expect(lines).toContain('toolyard_server_restarts_total{server="a\\nb"} 2');
  });
});
