import { expect, it } from "vitest";
import { Body } from "../../base/body.ts";
import { systemClock } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import type { View } from "../../view.ts";
import type { Exchange } from "./exchange.ts";
import { Listening } from "./listening.ts";
import type { Lists } from "./lists.ts";
import { NOWHERE } from "./outlet.ts";

const unused = { view: {} as View, clock: systemClock };

const exchange = (signal: AbortSignal): Exchange => ({
  ...{ id: 1, method: "subscriptions/listen", params: Body.of({ notifications: {} }), outlet: NOWHERE, signal },
  caller: { identity: "local", era: "modern", protocolVersion: "2026-07-28", capabilities: {} },
  ...{ peer: undefined, progressToken: undefined, logLevel: undefined },
});

it("refuses the stream after the last one that it has room for, until one is free", async () => {
  const listening = new Listening({ ...unused, lists: { events: new Emitter() } as unknown as Lists });
  const leaving = new AbortController();
  const first = listening.listen(exchange(leaving.signal));
  const others = Array.from({ length: 1_023 }, () => listening.listen(exchange(new AbortController().signal)));
  expect(() => listening.listen(exchange(leaving.signal))).toThrow(/1024/);
  leaving.abort();
  await first;
  others.push(listening.listen(exchange(new AbortController().signal)));
  listening.close();
  expect((await Promise.all(others)).length).toBe(1_024);
});
