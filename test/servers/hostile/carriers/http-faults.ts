/** Faults that come before any protocol: statuses, redirects, refused credentials, dropped sockets. */

import type { HostileServer } from "../server.ts";
import type { Exchange } from "./exchange.ts";

/** True when a switch has answered, or destroyed, the request. */
export function misbehave(server: HostileServer, exchange: Exchange): boolean {
  const { switches } = server;
  const { request, response, moments } = exchange;
  if (lacksHeader(switches.values["require-header"], request.headers)) return answer(server, exchange, 401);
  const url = switches.take("redirect", moments);
  if (url !== undefined) {
    server.log("status", { status: 307, moments });
    response.writeHead(307, { location: url }).end();
    return true;
  }
  const status = switches.take("status", moments);
  return status !== undefined && answer(server, exchange, Number(status));
}

function lacksHeader(required: readonly string[], headers: Exchange["request"]["headers"]): boolean {
  return required.some((line) => {
    const [name = "", ...value] = line.split(":");
    return headers[name.toLowerCase()] !== value.join(":").trim();
  });
}

function answer(server: HostileServer, { request, response, moments }: Exchange, status: number): true {
  const { values } = server.switches;
  server.log("status", { status, moments });
  const spec = values["status-body"];
  const body = spec === "headers" ? JSON.stringify(request.headers) : spec.endsWith("*") ? page(Number(spec.slice(0, -1))) : spec;
  response.writeHead(status, {
    "content-type": values["content-type"] || (body.startsWith("{") ? "application/json" : "text/html"),
    ...(values["www-authenticate"] && { "www-authenticate": values["www-authenticate"] }),
    ...(values["retry-after"] && { "retry-after": values["retry-after"] }),
  });
  response.end(body);
  return true;
}

function page(bytes: number): string {
  const [head, foot] = ["<!doctype html><html><body>", "</body></html>"];
  return head + "h".repeat(Math.max(0, bytes - head.length - foot.length)) + foot;
}
