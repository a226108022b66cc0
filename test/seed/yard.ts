/** A yard for tests: its own state and cache directories, and everything ended with its owner. */

import { join } from "node:path";
import { openToolyard, type ConfigInput, type OpenOptions, type ToolResult, type Toolyard } from "../../src/index.ts";
import { tempDir, type TempDir } from "../support/fixture.ts";

const root = join(import.meta.dirname, "../..");
const modules = join(root, "node_modules/@modelcontextprotocol");

export interface TestPlace extends Disposable {
  readonly directory: TempDir;
  /** Opens a yard that shares this place's cache with the others opened in it. */
  open(config: ConfigInput, options?: OpenOptions): Promise<Toolyard>;
}

export function testPlace(): TestPlace {
  const directory = tempDir();
  const paths = {
    config: directory.file("config"),
    cache: directory.file("cache"),
    state: directory.file("state"),
    runtime: directory.file("run"),
  };
  return {
    directory,
    open: (config, options = {}) => openToolyard(config, { paths, ...options }),
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
}

/** Entries of the reference servers, as anybody would configure them. */
interface Entry {
  command: string;
  args: string[];
  env?: Record<string, string>;
}

export const real = {
  everything: { command: process.execPath, args: [join(modules, "server-everything/dist/index.js"), "stdio"] },
  memory: (file: string): Entry => ({
    command: process.execPath,
    args: [join(modules, "server-memory/dist/index.js")],
    env: { MEMORY_FILE_PATH: file },
  }),
  filesystem: (folder: string): Entry => ({ command: process.execPath, args: [join(modules, "server-filesystem/dist/index.js"), folder] }),
};

/** The text of a result's first block. */
export function firstText({ content: [first] }: ToolResult): string {
  return typeof first?.["text"] === "string" ? first["text"] : "";
}
