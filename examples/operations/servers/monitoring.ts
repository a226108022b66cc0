/** The demo's monitoring server: this machine, measured when asked. On stdio, or over HTTP with `--port N`. */

import { McpServer } from "@modelcontextprotocol/server";
import * as z from "zod";
import { answer, failure, table } from "../../answer.ts";
import { serve } from "../../serve.ts";
import { readDisk, readLoad, readMemory, readProcesses, readUptimeSeconds, type Process } from "./machine.ts";

const OVERVIEW_URI = "monitoring://overview";

/** What `query` can be asked for. */
const METRICS = {
  load1: () => readLoad().load1,
  load5: () => readLoad().load5,
  load15: () => readLoad().load15,
  cpu_count: () => readLoad().cores,
  memory_used_percent: async () => (await readMemory()).usedPercent,
  memory_available_bytes: async () => (await readMemory()).availableBytes,
  disk_used_percent: async () => (await readDisk("/")).usedPercent,
  disk_available_bytes: async () => (await readDisk("/")).availableBytes,
  process_count: async () => (await readProcesses()).length,
  uptime_seconds: () => readUptimeSeconds(),
} satisfies Record<string, () => number | Promise<number>>;

type Metric = keyof typeof METRICS;
const metricNames = Object.keys(METRICS) as [Metric, ...Metric[]];

const readOnly = { readOnlyHint: true, openWorldHint: false } as const;
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

function make(): McpServer {
  const server = new McpServer(
    { name: "monitoring", version: "1.0.0" },
    { instructions: "Measures the machine that this server runs on, at the moment of the call. It keeps no history." },
  );
  registerMeasurements(server);
  server.registerTool(
    "top_processes",
    {
      title: "Top processes",
      description: "Lists the processes that use most memory or processor time.",
      inputSchema: z.object({
        by: z.enum(["memory", "cpu"]).default("memory").describe("cpu is averaged over the life of a process"),
        limit: z.number().int().min(1).max(50).default(5),
      }),
      annotations: readOnly,
    },
    async ({ by, limit }) => answerProcesses(await readProcesses(), by, limit),
  );
  server.registerTool(
    "query",
    {
      title: "Query a metric",
      description: "Returns the present value of one metric of this machine.",
      inputSchema: z.object({ metric: z.enum(metricNames) }),
      outputSchema: z.object({ metric: z.string(), value: z.number() }),
      annotations: readOnly,
    },
    async ({ metric }) => {
      const value = await METRICS[metric]();
      return answer(`${metric} = ${value}`, { metric, value });
    },
  );
  server.registerResource(
    "overview",
    OVERVIEW_URI,
    { title: "Overview", description: "Every metric at this moment", mimeType: "application/json" },
    async (uri) => ({ contents: [{ uri: uri.href, mimeType: "application/json", text: JSON.stringify(await overview(), null, 2) }] }),
  );
  return server;
}

function registerMeasurements(server: McpServer): void {
  server.registerTool(
    "cpu_load",
    { title: "CPU load", description: "Load averages of 1, 5 and 15 minutes, and the number of cores.", annotations: readOnly },
    () => {
      const load = readLoad();
      return answer(`Load ${load.load1} (1 min), ${load.load5} (5 min), ${load.load15} (15 min) on ${load.cores} cores.`, load);
    },
  );
  server.registerTool("memory", { title: "Memory", description: "Memory in use and still available.", annotations: readOnly }, async () => {
    const memory = await readMemory();
    const text = `${memory.usedPercent} % of ${gigabytes(memory.totalBytes)} in use, ${gigabytes(memory.availableBytes)} available.`;
    return answer(text, { ...memory });
  });
  server.registerTool(
    "disk_usage",
    {
      title: "Disk usage",
      description: "Space used and free on the file system that holds a path.",
      inputSchema: z.object({ path: z.string().default("/").describe("An absolute path") }),
      annotations: readOnly,
    },
    async ({ path }) => {
      const disk = await readDisk(path).catch((error: Error) => error);
      if (disk instanceof Error) return failure(`Nothing can be measured at "${path}": ${disk.message}.`);
      return answer(`${path}: ${disk.usedPercent} % of ${gigabytes(disk.totalBytes)} in use, ${gigabytes(disk.availableBytes)} free.`, {
        ...disk,
      });
    },
  );
  server.registerTool(
    "uptime",
    { title: "Uptime", description: "For how long this machine has been running.", annotations: readOnly },
    () => {
      const seconds = readUptimeSeconds();
      return answer(`Up for ${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min.`, { seconds });
    },
  );
}

function answerProcesses(processes: readonly Process[], by: "memory" | "cpu", limit: number): ReturnType<typeof answer> {
  const key = by === "memory" ? "memoryBytes" : "cpuPercent";
  const top = processes.toSorted((a, b) => b[key] - a[key]).slice(0, limit);
  const rows = top.map(({ pid, name, cpuPercent, memoryBytes }) => [pid, name, cpuPercent, Math.round(memoryBytes / 1e6)]);
  return answer(table(["pid", "name", "cpu %", "memory MB"], rows), { processes: top });
}

async function overview(): Promise<Record<string, number>> {
  const values = await Promise.all(metricNames.map(async (name) => [name, await METRICS[name]()] as const));
  return Object.fromEntries(values);
}

await serve(make);
