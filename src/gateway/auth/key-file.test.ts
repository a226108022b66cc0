import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tempDir, type TempDir } from "../../../test/support/fixture.ts";
import { until } from "../../../test/support/wait.ts";
import { systemClock } from "../../base/clock.ts";
import { silentLogger } from "../../base/log.ts";
import { KeyFile, keyFileIn, readKeys } from "./key-file.ts";
import { mintKey, writeKeys, type Key } from "./key.ts";

const { key } = mintKey({ identity: "alice", scope: undefined, surface: undefined, expiresAt: undefined }, 1);
const unavailable = expect.objectContaining({ code: "STORE_UNAVAILABLE" }) as Error;

describe("the file of keys", () => {
  let folder: TempDir;
  let file: string;
  const logged: string[] = [];
  const open = (): Promise<KeyFile> =>
    KeyFile.open({ file, clock: systemClock, logger: { ...silentLogger, error: (message) => void logged.push(message) } });
  const write = (keys: readonly Key[] | string): void =>
    writeFileSync(file, typeof keys === "string" ? keys : writeKeys(keys), { mode: 0o600 });

  beforeEach(() => {
    folder = tempDir();
    file = keyFileIn(folder.path);
    logged.length = 0;
  });
  afterEach(() => folder[Symbol.dispose]());

  it("is empty where there is none, and is refused where it is broken or open to others", async () => {
    expect(await readKeys(file)).toEqual([]);
    write("{");
    await expect(open()).rejects.toThrow(unavailable);
    write([key]);
    expect(await readKeys(file)).toEqual([key]);
    chmodSync(file, 0o640);
    await expect(open()).rejects.toThrow(unavailable);
  });

  it("is looked at while it is open: what is added counts, what is removed does not, what cannot be read lets nobody in", async () => {
    const keys = await open();
    try {
      let looks = 0;
      keys.onLook(() => looks++);
      write([key]);
      await until(() => keys.find(key.id)?.identity === "alice");
      rmSync(file);
      await until(() => keys.find(key.id) === undefined);
      write([key]);
      await until(() => keys.size === 1);
      write("{");
      await until(() => logged.length === 1);
      expect(() => keys.find(key.id)).toThrow(unavailable);
      const before = looks;
      await until(() => looks > before + 1);
      expect(logged).toHaveLength(1);
      write([key]);
      await until(() => keys.size === 1);
    } finally {
      keys.close();
    }
  });
});
