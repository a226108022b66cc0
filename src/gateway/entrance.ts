/** Where every HTTP request comes in: it is judged, finds its way, and is answered whatever happens. */

import { ToolyardError } from "../base/errors.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Toolyard } from "../toolyard.ts";
import { writeError } from "../wire/envelope.ts";
import type { IncomingMessage, ServerResponse } from "../wire/node-http.ts";
import type { Activity } from "./endpoint/activity.ts";
import { rpcErrorOf, statusOf } from "./endpoint/faults.ts";
import { endpointOf, type Faces } from "./faces.ts";
import type { Principal } from "./auth/caller.ts";
import type { Gate } from "./auth/gate.ts";
import type { Guard } from "./guard.ts";
import { isPrivate, pageOn } from "./pages.ts";
import { discard } from "./streamable/read-body.ts";
import type { Streamable, Visit } from "./streamable/streamable.ts";

export interface EntranceParts {
  readonly yard: Toolyard;
  readonly faces: Faces;
  readonly streamable: Streamable;
  readonly activity: Activity;
  readonly metrics: Metrics | undefined;
  readonly guard: Guard;
  readonly gate: Gate;
  /** Told of faults of our own. */
  report(error: unknown): void;
}

export class Entrance {
  readonly #parts: EntranceParts;
  #discovered = false;

  constructor(parts: EntranceParts) {
    this.#parts = parts;
  }

  /** Begins to wait for the first lists, and so has servers started that wait for a use. */
  open(): void {
    const { yard } = this.#parts;
    void yard
      .view()
      .discovered()
      .then(() => (this.#discovered = true));
  }

  enter(request: IncomingMessage, response: ServerResponse): void {
    this.#route(request, response).catch((error: unknown) => this.#refuse(error, request, response));
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#parts.guard(request);
    const { path, query } = partsOf(request.url ?? "");
    const endpoint = endpointOf(path + query);
    if (endpoint === undefined) return this.#page(path, request, response);
    const principal = this.#parts.gate.admit(request, response);
    await this.#mcp({ request, response, path: endpoint.path, principal, face: this.#parts.faces.get(endpoint, principal) });
  }

  async #mcp(visit: Visit): Promise<void> {
    const { streamable } = this.#parts;
    switch (visit.request.method) {
      case "POST":
        return await streamable.post(visit);
      case "GET":
        return streamable.get(visit);
      case "DELETE":
        return streamable.delete(visit);
      default:
        throw wrongMethod(visit.request, visit.response, "GET, POST, DELETE");
    }
  }

  #page(path: string, request: IncomingMessage, response: ServerResponse): void {
    const { yard, metrics, activity, gate } = this.#parts;
    if (isPrivate(path)) refuseScoped(gate.admit(request, response));
    const page = pageOn(path, { yard, metrics, ready: this.#discovered && !activity.closing });
    if (page === undefined) throw new ToolyardError("ROUTE_UNKNOWN", `There is nothing on ${JSON.stringify(path.slice(0, 100))}.`);
    if (request.method !== "GET" && request.method !== "HEAD") throw wrongMethod(request, response, "GET, HEAD");
    const { status, type, body } = page;
    response.writeHead(status, { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff" });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  #refuse(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    if (!(error instanceof ToolyardError)) this.#parts.report(error);
    discard(request);
    if (response.headersSent) return void response.end();
    const body = writeError(null, rpcErrorOf(error));
    response.writeHead(statusOf(error), { "content-type": "application/json", "content-length": body.length });
    response.end(body);
  }
}

/** The path without a slash at its end; the query with its question mark. */
function partsOf(url: string): { readonly path: string; readonly query: string } {
  const end = url.indexOf("?");
  const path = end === -1 ? url : url.slice(0, end);
  return { path: path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path, query: end === -1 ? "" : url.slice(end) };
}

function wrongMethod(request: IncomingMessage, response: ServerResponse, allowed: string): ToolyardError {
  response.setHeader("allow", allowed);
  return new ToolyardError("WRONG_METHOD", `${request.method} is not one of the methods here: ${allowed}.`);
}

/** How all servers stand is for those who may see all servers. */
function refuseScoped({ scope }: Principal): void {
  if (scope === undefined) return;
  throw new ToolyardError("FORBIDDEN", "This key is for some toolsets or servers only.", { mend: "Use one for everything." });
}
