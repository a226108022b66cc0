/** `initialize` and `server/discover`. */

import { objectOr, stringOr, type JsonObject } from "../../../../src/base/json.ts";
import type { HostileServer } from "../server.ts";
import { offerOf } from "./offer.ts";
import type { Request } from "./request.ts";
import { LEGACY, MODERN } from "./rules.ts";

export function initialize({ server, connection, params }: Request): JsonObject {
  const { values } = server.switches;
  const asked = stringOr(params["protocolVersion"]) ?? "";
  const version = values["protocol-version"] || (LEGACY.includes(asked) ? asked : (LEGACY[0] ?? ""));
  connection.version = version;
  connection.capabilities = objectOr(params["capabilities"]);
  Object.assign(server.stateless, { version, capabilities: connection.capabilities });
  return {
    protocolVersion: version,
    capabilities: capabilities(server),
    serverInfo: { name: values.name, version: "1.0.0" },
    ...instructions(server),
  };
}

export function discover({ server }: Request): JsonObject {
  const { values } = server.switches;
  return { supportedVersions: [values["protocol-version"] || MODERN], capabilities: capabilities(server), ...instructions(server) };
}

function instructions({ switches }: HostileServer): JsonObject {
  return switches.values.instructions === "" ? {} : { instructions: switches.values.instructions };
}

function capabilities(server: HostileServer): JsonObject {
  const all: JsonObject = {
    tools: { listChanged: true },
    prompts: { listChanged: true },
    resources: { listChanged: true, subscribe: true },
    completions: {},
    logging: {},
  };
  const announced = Object.entries(all).filter(([feature]) => server.announces(feature));
  return { ...Object.fromEntries(announced), ...offerOf(server).capabilities };
}
