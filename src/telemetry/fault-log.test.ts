import { expect, it } from "vitest";
import { silentLogger } from "../base/log.ts";
import type { ServerConfig } from "../config/config.ts";
import { FaultLog } from "./fault-log.ts";

it("tells of what is broken, not of what the rules leave out, and only when it is something else", () => {
  const lines: string[] = [];
  const log = new FaultLog({ ...silentLogger, warn: (line) => lines.push(line) });
  const server = { name: "s", tools: { allow: ["*"], deny: ["delete_*"], override: new Map() } } as unknown as ServerConfig;
  const hidden = (...ids: string[]): Parameters<FaultLog["tell"]>[1] => ({
    hidden: ids.map((id) => ({ kind: "tool", id, reason: "No good." })),
  });
  log.tell(server, hidden("s/delete_all"));
  expect(lines).toEqual([]);
  log.tell(server, hidden("s/delete_all", "s/odd"));
  log.tell(server, hidden("s/delete_all", "s/odd"));
  expect(lines).toEqual(['Server "s" lists what cannot be offered: s/odd (No good.)']);
  log.tell(server, hidden());
  log.tell(server, hidden("s/odd"));
  log.tell(server, hidden(...Array.from({ length: 20 }, (_, index) => `s/odd_${index}`)));
  expect(lines.length).toBe(3);
  expect(lines[2]).toMatch(/s\/odd_7 \(No good\.\), and 12 more$/);
});
