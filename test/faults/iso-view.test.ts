/** Isolation: what a client may not see it cannot reach, and a session is its holder's. */

import { describe, expect, it } from "vitest";
import { stdioServer } from "../support/fixture.ts";
import { HttpClient } from "../support/http-client.ts";
import { LEGACY_VERSION } from "../support/inbox.ts";
import { startGateway } from "./gateway.ts";
import { openServer } from "./servers.ts";

describe("views", () => {
  it("ISO-04 what a server calls private stays private on its way down, beside what is public", async () => {
    await using open = await openServer("http", "modern", { "cache-scope": "public", "ttl-ms": 60_000 });
    await using closed = await openServer("http", "modern", { "cache-scope": "private", "ttl-ms": 60_000, only: ["echo"] });
    await using gateway = await startGateway({
      mcpServers: { open: open.entry, closed: closed.entry },
      toolsets: { open: { servers: ["open"] } },
    });
    await using all = await gateway.client({ era: "modern" });
    await using one = await gateway.client({ era: "modern" }, "/mcp/open");
    expect(await all.toolNames()).toContain("closed__echo");
    for (const method of ["tools/list", "prompts/list", "resources/list"]) {
      expect((await all.request(method)).result, method).toMatchObject({ cacheScope: "private" });
    }
    for (let round = 0; round < 5; round++) {
      const [whole, part] = await Promise.all([all.toolNames(), one.toolNames()]);
      expect(whole.filter((name) => name.startsWith("closed__"))).toEqual(["closed__echo"]);
      expect(part.filter((name) => !name.startsWith("open__"))).toEqual([]);
    }
  });

  it("ISO-05 a session is good for whom it was made, where it was made, and until it was ended", async () => {
    await using gateway = await startGateway({ mcpServers: { a: stdioServer() }, toolsets: { some: { servers: ["a"] } } });
    await using owner = await gateway.client();
    await using other = await gateway.client();
    await owner.toolNames();
    const session = owner.session ?? "";
    const ask = async (token: string, path = "/mcp"): Promise<number> => {
      const stranger = new HttpClient(gateway.at(path));
      stranger.session = token;
      stranger.version = LEGACY_VERSION;
      const answer = await stranger.post({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
      await answer.text();
      return answer.status;
    };
    expect(await ask(session)).toBe(200); // without auth the id is all there is; with it, whose it is stands in it
    expect(await ask(session, "/mcp/some")).toBe(404);
    for (const forged of forgeries(session)) expect(await ask(forged), forged).toBe(404);
    expect((await other.deleteSession()).status).toBe(204);
    expect(await owner.text("a__echo", { text: "still here" })).toBe("still here");
    expect((await owner.deleteSession()).status).toBe(204);
    expect(await ask(session)).toBe(404);
  });

  it.each(["legacy", "modern"] as const)(
    "ISO-09 what a toolset does not show is neither listed, called, read nor completed (%s)",
    async (era) => {
      await using shown = await openServer("stdio", "legacy");
      await using hidden = await openServer("http", "legacy", { resource: ["test://secret"] });
      await using gateway = await startGateway({
        mcpServers: { shown: shown.entry, hidden: { ...hidden.entry, tools: { deny: ["write"] } } },
        toolsets: { support: { servers: ["shown"], tools: ["hidden/add"] } },
      });
      await using all = await gateway.client({ era });
      await using some = await gateway.client({ era }, "/mcp/support");
      expect(await all.toolNames()).toContain("hidden__echo");
      const names = await some.toolNames();
      expect(names.filter((name) => !name.startsWith("shown__"))).toEqual(["hidden__add"]);
      expect((await some.call("hidden__add", { a: 1, b: 2 })).result?.structuredContent).toEqual({ sum: 3 });
      const invented = (await some.call("hidden__nothing")).error;
      const denied = [
        await some.call("hidden__echo", { text: "x" }),
        await some.call("hidden__write"),
        await all.call("hidden__write"),
        await some.request("prompts/get", { name: "hidden__greet", arguments: { name: "x" } }),
        await some.request("completion/complete", {
          ref: { type: "ref/prompt", name: "hidden__greet" },
          argument: { name: "name", value: "x" },
        }),
      ];
      for (const { error } of denied) expect(error?.code).toBe(invented?.code);
      // Another server of the View has URIs of that scheme: it is asked, and knows nothing of it.
      expect((await some.request("resources/read", { uri: "test://secret" })).error?.message).not.toContain("hidden");
      const reached = hidden.log.all({ what: "in" }).map(({ method, name }) => `${method} ${name ?? ""}`.trim());
      expect(reached.filter((what) => /call|read|get|complete|subscribe$/.test(what))).toEqual(["tools/call add"]);
    },
  );
});

/** Tokens that are nearly the given one. */
function forgeries(token: string): string[] {
  const [prefix = "", payload = "", mac = ""] = token.split(".");
  const grant = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as object;
  const other = Buffer.from(JSON.stringify({ ...grant, i: "somebody else" })).toString("base64url");
  const flipped = mac.startsWith("A") ? `B${mac.slice(1)}` : `A${mac.slice(1)}`;
  return [
    `${prefix}.${other}.${mac}`,
    `${prefix}.${payload}.${flipped}`,
    `${prefix}.${payload}`,
    `${prefix}.${payload}.`,
    token.slice(1),
    "x",
    `${token}.x`,
  ];
}
