import fc from "fast-check";
import { expect, it } from "vitest";
import { Body } from "../../base/body.ts";
import type { Answer } from "../../base/call.ts";
import { FakeClock } from "../../base/fake-clock.suite.ts";
import type { JsonObject } from "../../base/json.ts";
import { Announcements } from "./announcements.ts";
import type { Connection, OutRequest } from "../connection/connection.ts";

interface Stream {
  readonly filter: JsonObject;
  /** @param honoured all of it without */
  acknowledge(honoured?: JsonObject): void;
  end(answer?: Answer): void;
}

const ACK_MS = 1_000;

/** A server that acknowledges and ends streams when the test says so. */
function setUp(capabilities: JsonObject = {}): {
  clock: FakeClock;
  announcements: Announcements;
  streams: () => Stream[];
  missed: () => number;
} {
  const clock = new FakeClock();
  const open = new Set<Stream>();
  const request = ({ params, signal, acknowledged }: OutRequest): Promise<Answer> => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const filter = params.get("notifications") as JsonObject;
    const stream: Stream = {
      filter,
      acknowledge: (honoured = filter) => acknowledged?.(honoured),
      end(answer) {
        open.delete(stream);
        if (answer === undefined) reject(new Error("lost"));
        else resolve(answer);
      },
    };
    open.add(stream);
    signal?.addEventListener("abort", () => stream.end());
    return promise;
  };
  const connection = { spoken: { capabilities }, ended: undefined, request } as unknown as Connection;
  let count = 0;
  const announcements = new Announcements(connection, {
    ...{ clock, debounceMs: 250, ackMs: ACK_MS, backoff: { firstMs: 100, maxMs: 1_000 }, random: () => 0.5 },
    missed: () => void count++,
  });
  return { clock, announcements, streams: () => [...open], missed: () => count };
}

const act = fc.oneof(
  fc.record({ toggle: fc.constantFrom("a:1", "b:2", "c:3") }),
  fc.record({ pass: fc.constantFrom(50, 300) }),
  fc.record({ acknowledge: fc.nat(3) }),
  fc.record({ end: fc.nat(3), well: fc.boolean() }),
);

it("whatever happens on the way, at last one stream stands that asks for just what is wanted", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
      const { clock, announcements, streams } = setUp({ tools: { listChanged: true } });
      const wanted = new Set<string>();
      const toggle = (uri: string): void => {
        if (wanted.delete(uri)) return announcements.unsubscribe(uri);
        wanted.add(uri);
        void announcements.subscribe(uri);
      };
      for (const each of acts) {
        if ("toggle" in each) toggle(each.toggle);
        else if ("acknowledge" in each) streams()[each.acknowledge]?.acknowledge();
        else if ("end" in each) streams()[each.end]?.end(each.well ? { result: Body.empty } : undefined);
        await clock.pass("pass" in each ? each.pass : 0);
      }
      await clock.pass(2_000);
      streams().at(-1)?.acknowledge();
      await clock.pass(2_000);
      const filters = streams().map(({ filter: { toolsListChanged, resourceSubscriptions: uris = [] } }) => ({ toolsListChanged, uris }));
      expect(filters).toEqual([{ toolsListChanged: true, uris: [...wanted] }]);
      announcements.close();
      await clock.pass(10_000);
      expect([streams(), clock.pending]).toEqual([[], 0]);
    }),
  );
});

it("wishes that come close together are asked for together, and answered by what the server honours", async () => {
  const { clock, announcements, streams } = setUp();
  const [a, b] = [announcements.subscribe("a:1"), announcements.subscribe("b:2")];
  await clock.pass(249);
  expect(streams()).toEqual([]);
  await clock.pass(1);
  expect(streams().map(({ filter }) => filter)).toEqual([{ resourceSubscriptions: ["a:1", "b:2"] }]);
  streams()[0]?.acknowledge({ resourceSubscriptions: ["b:2"] });
  expect([(await a).error?.code, (await b).error]).toEqual([-32602, undefined]);
});

it("a server that acknowledges nothing keeps nobody waiting; one that refuses is not asked again by itself", async () => {
  const { clock, announcements, streams } = setUp();
  const mute = announcements.subscribe("a:1");
  await clock.pass(250 + ACK_MS);
  expect((await mute).error?.code).toBe(-32603);
  const refused = announcements.subscribe("b:2");
  await clock.pass(250);
  streams()
    .at(-1)
    ?.end({ error: { code: -32000, message: "Too many." } });
  expect((await refused).error?.message).toBe("Too many.");
  await clock.pass(60_000);
  expect(streams().map(({ filter }) => filter)).toEqual([{ resourceSubscriptions: ["a:1"] }]);
  announcements.close();
});

it("after a break the lists are taken for changed, and the distance grows", async () => {
  const { clock, announcements, streams, missed } = setUp({ tools: { listChanged: true } });
  const at: number[] = [];
  for (let nth = 0; nth < 3; nth++) {
    streams()[0]?.end();
    for (; streams().length === 0;) await clock.pass(10);
    at.push(clock.now());
  }
  expect(missed()).toBe(3);
  const gaps = at.map((moment, nth) => moment - (at[nth - 1] ?? 0));
  expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
  announcements.close();
});
