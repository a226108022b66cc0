/** One server of the matrix as a process: the switches of the hostile server, none of its faults. */

import { openEventLog } from "../../servers/hostile/log.ts";
import { serveStdio } from "../../servers/hostile/carriers/stdio.ts";
import { give } from "../../servers/hostile/protocol/offer.ts";
import { HostileServer } from "../../servers/hostile/server.ts";
import { parseFlags, Switchboard } from "../../servers/hostile/switchboard.ts";
import { offerFor } from "./offer.ts";

const values = parseFlags(process.argv.slice(2));
const server = new HostileServer(new Switchboard(values), openEventLog(values.log, values.name));
give(server, offerFor(values.name, values.era === "modern" ? "modern" : "legacy"));
serveStdio(server);
