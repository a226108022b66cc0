/** What the gateway answers beside MCP: is it well, is it ready, how do its servers stand. */

import { VERSION } from "../base/version.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Toolyard } from "../toolyard.ts";

export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface PageContext {
  readonly yard: Toolyard;
  readonly metrics: Metrics | undefined;
  /** False before the first list is complete, and again once the gateway is ending. */
  readonly ready: boolean;
}

type MakePage = (context: PageContext) => Page | undefined;

const PAGES: ReadonlyMap<string, MakePage> = new Map<string, MakePage>([
  ["/healthz", () => json({ status: "ok", pid: process.pid, version: VERSION })],
  ["/readyz", ({ ready }) => (ready ? json({ status: "ready" }) : json({ status: "not ready" }, 503))],
  ["/api/state", ({ yard }) => json(stateOf(yard))],
  ["/metrics", ({ yard, metrics }) => metrics && text(metrics.text(yard.servers()))],
]);

/** What says more than that we are here needs a key, where keys are asked for; what is added under `/api` does. */
export function isPrivate(path: string): boolean {
  return path === "/metrics" || path === "/api" || path.startsWith("/api/");
}

/** Undefined when there is no page on this path. */
export function pageOn(path: string, context: PageContext): Page | undefined {
  return PAGES.get(path)?.(context);
}

function stateOf(yard: Toolyard): unknown {
  const { version, tools, prompts, resources } = yard.snapshot();
  return {
    version: VERSION,
    pid: process.pid,
    startedAt: new Date(yard.startedAt).toISOString(),
    catalog: { version, tools: tools.length, prompts: prompts.length, resources: resources.length },
    servers: yard.servers(),
  };
}

function json(value: unknown, status = 200): Page {
  return { status, type: "application/json", body: JSON.stringify(value) };
}

/** The text format of Prometheus, version 0.0.4. */
function text(body: string): Page {
  return { status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body };
}
