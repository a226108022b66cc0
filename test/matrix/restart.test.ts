/** What a client holds in its hands outlives a restart of the gateway: its session, and the ids of its tasks. */

import { expect, it } from "vitest";
import { serveHttp } from "../servers/hostile/carriers/http.ts";
import { plain } from "../servers/hostile/protocol/message.ts";
import { give } from "../servers/hostile/protocol/offer.ts";
import { HostileServer } from "../servers/hostile/server.ts";
import { parseFlags, Switchboard } from "../servers/hostile/switchboard.ts";
import { makeHome } from "../faults/gateway.ts";
import { objectOr, type JsonObject } from "../../src/base/json.ts";
import { offerFor } from "./server/offer.ts";
import { TASKS } from "./server/tasks.ts";

async function jobs(era: "legacy" | "modern"): Promise<{ url: string } & Disposable> {
  const flags = ["--name", "jobs", "--http", "0", ...(era === "modern" ? ["--era", "modern"] : ["--session"])];
  const server = new HostileServer(new Switchboard(parseFlags(flags)), () => {});
  give(server, offerFor("jobs", era));
  const { url, close } = await serveHttp(server);
  return { url, [Symbol.dispose]: close };
}

it.each(["legacy", "modern"] as const)(
  "a task of the %s era is found again after a restart of the gateway, and by nobody who has another key",
  async (era) => {
    using server = await jobs(era);
    using home = makeHome({ mcpServers: { jobs: { url: server.url } } });
    const capabilities: JsonObject = era === "modern" ? { extensions: { [TASKS]: {} } } : {};
    let taskId = "";
    let session: string | undefined;
    {
      await using gateway = await home.serve();
      await gateway.untilReady();
      await using client = await gateway.client({ era, capabilities });
      const wish = era === "legacy" ? { task: { ttl: 60_000 } } : {};
      const { result } = await client.request("tools/call", { name: "jobs__work", arguments: { key: "k" }, ...wish });
      taskId = plain(objectOr(era === "legacy" ? result?.["task"] : result)["taskId"]);
      ({ session } = client);
    }
    await using gateway = await home.serve();
    await gateway.untilReady();
    await using client = await gateway.client({ era, capabilities });
    expect(taskId).toMatch(/^tyt1\./);
    expect((await client.request("tasks/get", { taskId })).result).toMatchObject({ taskId, status: "working" });
    if (era === "legacy") {
      expect((await client.request("tasks/list")).result?.["tasks"]).toMatchObject([{ taskId }]);
      client.session = session;
      expect((await client.request("tasks/get", { taskId })).result).toMatchObject({ taskId });
    }
    using stranger = makeHome({ mcpServers: { jobs: { url: server.url } } });
    await using other = await stranger.serve();
    await other.untilReady();
    await using foreign = await other.client({ era, capabilities });
    expect((await foreign.request("tasks/get", { taskId })).error).toMatchObject({ code: -32602 });
  },
);
