import fc from "fast-check";
import { expect, it } from "vitest";
import { Body } from "../../base/body.ts";
import { Watches, type Subscriber } from "./watches.ts";

const URIS = ["a:1", "a:1/x", "b:2"];

/** What one connection has been asked to tell of; asking for what it tells of already is a mistake. */
class Connection implements Subscriber {
  readonly subscribed = new Set<string>();

  async subscribe(uri: string): Promise<{ result: Body }> {
    expect(this.subscribed.has(uri)).toBe(false);
    this.subscribed.add(uri);
    return { result: Body.empty };
  }

  unsubscribe(uri: string): void {
    expect(this.subscribed.delete(uri)).toBe(true);
  }
}

const act = fc.oneof(fc.record({ add: fc.constantFrom(...URIS) }), fc.record({ close: fc.nat() }), fc.record({ connect: fc.boolean() }));

it("whatever comes and goes, the connection that there is tells of just what somebody watches", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const watches = new Watches();
      const open: { uri: string; close: () => void }[] = [];
      let connection: Connection | undefined;
      for (const each of acts) {
        if ("add" in each) open.push({ uri: each.add, close: watches.add(each.add, () => {}) });
        else if ("close" in each) open.splice(each.close % Math.max(1, open.length), 1).forEach(({ close }) => close());
        else if (each.connect) watches.attach((connection = new Connection()), () => {});
        else if (connection !== undefined) {
          watches.detach(connection);
          connection = undefined;
        }
        const wanted = new Set(open.map(({ uri }) => uri));
        expect(watches.size).toBe(wanted.size);
        if (connection !== undefined) expect(connection.subscribed).toEqual(wanted);
      }
    }),
  );
});

it("a connection that another has replaced takes nothing with it when it goes", () => {
  const watches = new Watches();
  const [old, young] = [new Connection(), new Connection()];
  watches.attach(old, () => {});
  watches.attach(young, () => {});
  watches.detach(old);
  const close = watches.add("a:1", () => {});
  expect([...young.subscribed]).toEqual(["a:1"]);
  close();
  close();
  expect([...young.subscribed]).toEqual([]);
});

it("one who watches twice is told once", () => {
  const watches = new Watches();
  const told: string[] = [];
  const changed = (uri: string): void => void told.push(uri);
  watches.add("a:1", changed);
  watches.add("a:1/x", changed);
  watches.tell("a:1/x");
  watches.tell("elsewhere:");
  expect(told).toEqual(["a:1/x", "elsewhere:"]);
});

it("what the server refuses is said", async () => {
  const said: string[] = [];
  const watches = new Watches();
  watches.add("a:1", () => {});
  const refusing: Subscriber = { subscribe: async () => ({ error: { code: -32602, message: "No." } }), unsubscribe() {} };
  watches.attach(refusing, (text) => said.push(text));
  expect((await watches.answer("a:1"))?.error?.message).toBe("No.");
  expect(said).toEqual(["does not tell of changes of a:1: No."]);
});
