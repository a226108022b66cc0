/** The program itself and what it runs on. */

import { VERSION } from "../../base/version.ts";
import { LEGACY_REVISIONS, MODERN_REVISIONS } from "../../era/revisions.ts";
import type { Finding } from "./finding.ts";

/** As `engines` in package.json says. */
const OLDEST_NODE = [22, 22] as const;
const PROMISED: ReadonlySet<string> = new Set(["linux", "darwin"]);

export function examineProgram(node: string = process.versions.node, platform: string = process.platform): Finding[] {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const old = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  const tooOld = {
    level: "bad",
    says: `${node}, which is too old`,
    mend: `Install Node ${OLDEST_NODE.join(".")} or a later one.`,
  } as const;
  return [
    { about: "Toolyard", level: "good", says: VERSION },
    { about: "Node", ...(old ? tooOld : { level: "good", says: node }) },
    { about: "MCP", level: "good", says: [...LEGACY_REVISIONS, ...MODERN_REVISIONS].join(", ") },
    PROMISED.has(platform)
      ? { about: "system", level: "good", says: `${platform}, ${process.arch}` }
      : { about: "system", level: "hint", says: `${platform}: Toolyard does its best there; only Linux and macOS are promised.` },
  ];
}
