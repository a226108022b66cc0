/** What comes beside answers: progress, cancel, pings, news of lists and resources, log messages. */

import assert from "node:assert/strict";
import { objectOr, type JsonObject } from "../../../src/base/json.ts";
import type { Id } from "../../support/inbox.ts";
import { pause, until, within } from "../../support/wait.ts";
import type { Talk } from "../place/talk.ts";
import { clientEra, fresh, listOf, notLocal, resultOf, saidIn, serverEra, WHY, type Feature } from "./feature.ts";

const PROGRESS = "notifications/progress";

async function expectProgress(talk: Talk, token: Id): Promise<void> {
  const answer = await talk.call("steps", {}, { meta: { progressToken: token } });
  assert.notEqual(resultOf(answer)["isError"], true);
  const own = talk.inbox.of(PROGRESS).filter(({ params }) => params?.["progressToken"] === token);
  const values = own.map(({ params }) => Number(params?.["progress"]));
  // A loaded machine may send two steps as one; a value that does not rise is never sent.
  assert.deepEqual([values[0], values.at(-1)], [1, 4]);
  assert.deepEqual(
    values,
    [...new Set(values)].toSorted((a, b) => a - b),
  );
  assert.deepEqual(own.at(-1)?.params, { progressToken: token, progress: 4, total: 4, message: "at 4" });
}

const progress: Feature = {
  name: "progress",
  older: true,
  async check(talk) {
    await Promise.all([expectProgress(talk, 0), expectProgress(talk, fresh("token"))]);
  },
};

const cancel: Feature = {
  name: "cancel",
  stage: "last",
  async check(talk) {
    const [id, key, progressToken] = [fresh("call"), fresh("key"), fresh("token")];
    const call = talk.begin("tools/call", { name: talk.name("hang"), arguments: { key } }, { id, meta: { progressToken } });
    await talk.news(PROGRESS, (params) => params["progressToken"] === progressToken);
    await call.cancel();
    const said = talk.call("fate", { key });
    assert.equal(saidIn(await within(said, 2_000, "the server is told of the cancel")), "cancelled");
    assert.deepEqual(
      talk.inbox.messages.filter((message) => message.id === id),
      [],
    );
  },
};

const pingDown: Feature = {
  name: "ping by the client",
  older: true,
  async check(talk) {
    const answer = await talk.request("ping");
    if (talk.era === "legacy") return assert.deepEqual(answer.result, {});
    assert.equal(answer.error?.code, -32601);
  },
};

const pingUp: Feature = {
  name: "ping by the server",
  older: true,
  absent: (column) => notLocal(column) ?? (serverEra(column) === "modern" ? WHY.modernNone : undefined),
  async check(talk) {
    assert.deepEqual(saidIn(await talk.call("knock")), {});
    assert.deepEqual(talk.asked, []);
  },
};

const LISTS: Readonly<Record<string, { readonly member: string; readonly key: string }>> = {
  tools: { member: "toolsListChanged", key: "name" },
  prompts: { member: "promptsListChanged", key: "name" },
  resources: { member: "resourcesListChanged", key: "uri" },
};

function listChanged(kind: "tools" | "prompts" | "resources"): Feature {
  return {
    name: `a list changed: ${kind}`,
    absent: notLocal,
    async check(talk) {
      const { member, key } = LISTS[kind] ?? { member: "", key: "" };
      const own = kind === "resources" ? `matrix://grown/${fresh("r")}` : fresh("grown_");
      const exposed = kind === "resources" ? own : talk.name(own);
      const listening = await talk.listen({ [member]: true });
      assert.equal(listening.honoured[member], true);
      const method = `notifications/${kind}/list_changed`;
      const before = talk.inbox.of(method).length;
      await talk.call("grow", { kind, name: own });
      // Others let this list grow too: it is in by the last notification at the latest.
      for (let nth = before + 1; ; nth++) {
        await talk.inbox.waitFor(method, 5_000, nth);
        if ((await listOf(talk, `${kind}/list`, kind)).some((entry) => entry[key] === exposed)) break;
      }
      await listening.cancel();
    },
  };
}

/** Has the client told of changes of a resource; gives what ends that. */
async function subscribe(talk: Talk, uri: string): Promise<() => Promise<unknown>> {
  if (talk.era === "modern") {
    const listening = await talk.listen({ resourceSubscriptions: [uri] });
    assert.deepEqual(listening.honoured["resourceSubscriptions"], [uri]);
    return () => listening.cancel();
  }
  const listening = await talk.listen({});
  assert.deepEqual(resultOf(await talk.request("resources/subscribe", { uri })), {});
  return async () => {
    assert.deepEqual(resultOf(await talk.request("resources/unsubscribe", { uri })), {});
    await listening.cancel();
  };
}

const updated: Feature = {
  name: "a resource changed",
  absent: notLocal,
  async check(talk) {
    const method = "notifications/resources/updated";
    const uri = `matrix://${talk.column.server.name}/things/${fresh("t")}`;
    const [other, told] = [`${uri}/other`, (params: JsonObject) => params["uri"] === uri];
    const unsubscribe = await subscribe(talk, uri);
    await talk.call("touch", { uri: other });
    await talk.call("touch", { uri });
    const params = await talk.news(method, told);
    assert.equal("io.modelcontextprotocol/subscriptionId" in objectOr(params["_meta"]), talk.era === "modern");
    assert.deepEqual(
      talk.inbox.of(method).filter((message) => message.params?.["uri"] === other),
      [],
    );
    await unsubscribe();
    await talk.call("touch", { uri });
    await pause(50);
    assert.equal(talk.inbox.of(method).filter((message) => told(objectOr(message.params))).length, 1);
  },
};

const logging: Feature = {
  name: "log messages, by level",
  absent: (column) => notLocal(column) ?? (column.server.carrier === "http" ? undefined : WHY.unattributed),
  async check(talk) {
    const method = "notifications/message";
    const levels = ["debug", "info", "warning", "alert"];
    const said = (): unknown[] => talk.inbox.of(method).map(({ params }) => params);
    if (clientEra(talk.column) === "legacy") assert.deepEqual(resultOf(await talk.request("logging/setLevel", { level: "warning" })), {});
    else {
      saidIn(await talk.call("say", { levels }));
      assert.deepEqual(said(), []);
    }
    const meta = clientEra(talk.column) === "modern" ? { meta: { "io.modelcontextprotocol/logLevel": "warning" } } : {};
    saidIn(await talk.call("say", { levels }, meta));
    await until(() => said().length >= 2, 2_000, "two log messages", said);
    const wanted = ["warning", "alert"].map((level) => ({ level, logger: "matrix", data: { level, nested: [1] } }));
    assert.deepEqual(said(), wanted);
  },
};

export const STREAMS: readonly Feature[] = [
  progress,
  pingDown,
  pingUp,
  listChanged("tools"),
  listChanged("prompts"),
  listChanged("resources"),
  updated,
  logging,
  cancel,
];
