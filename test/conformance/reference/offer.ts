/** Everything that the official conformance suite asks of a server, registered on one server of the official SDK. */

import { randomBytes } from "node:crypto";
import { createRequestStateCodec, McpServer, type McpServerFactory } from "@modelcontextprotocol/server";
import type { Changes } from "./changes.ts";
import { offerContent } from "./content.ts";
import { offerPrompts } from "./prompts.ts";
import { offerQuestions, type State } from "./questions.ts";
import { offerResources } from "./resources.ts";
import { offerWork } from "./work.ts";

const HOUR = { ttlMs: 3_600_000, cacheScope: "public" } as const;
const MINUTE = { ttlMs: 60_000, cacheScope: "private" } as const;

/** One server for each legacy session, and for each modern request. */
export function referenceServers(changes: Changes): McpServerFactory {
  const state = createRequestStateCodec<State>({ key: randomBytes(32) });
  return ({ era }) => {
    const server = new McpServer(
      { name: "conformance-reference", version: "1.0.0" },
      {
        capabilities: {
          logging: {},
          completions: {},
          tools: { listChanged: true },
          prompts: { listChanged: true },
          resources: { listChanged: true, subscribe: true },
        },
        cacheHints: {
          "server/discover": HOUR,
          "tools/list": MINUTE,
          "prompts/list": MINUTE,
          "resources/list": MINUTE,
          "resources/templates/list": MINUTE,
          "resources/read": MINUTE,
        },
        requestState: { verify: (sealed, context) => state.verify(sealed, context) },
      },
    );
    offerContent(server);
    offerWork(server);
    offerQuestions(server, state);
    offerPrompts(server);
    offerResources(server, era);
    changes.attach(server, era);
    return server;
  };
}
