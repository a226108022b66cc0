/** HTTP with nothing added: headers as given (also `Host`, and repeated ones), bodies as given, answers as streams. */

import { request as plainRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as tlsRequest } from "node:https";
import { createParser } from "eventsource-parser";

export interface RawRequest {
  readonly method?: string;
  /** A list gives names and values in turn, so that one can stand twice. */
  readonly headers?: Readonly<Record<string, string>> | readonly string[];
  readonly body?: string | Buffer | undefined;
  readonly signal?: AbortSignal;
  /** PEM of an authority to trust. */
  readonly ca?: string | undefined;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly stream: IncomingMessage;
  /** The body, read to its end. */
  text(): Promise<string>;
}

/**
 * Sends one HTTP request on a connection of its own and resolves with the answer's head.
 *
 * @throws Error of the socket, or AbortError
 */
export function send(url: string, { method = "POST", headers = {}, body, signal, ca }: RawRequest = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = url.startsWith("https:") ? tlsRequest : plainRequest;
    const options = {
      method,
      headers: headers as Record<string, string>,
      agent: false as const,
      signal,
      ca,
      setHost: !Array.isArray(headers),
    };
    const outgoing = request(url, options, (stream) => {
      resolve({ status: stream.statusCode ?? 0, headers: stream.headers, stream, text: () => readText(stream) });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/**
 * Hands on the data of every event that has any, until the stream ends.
 *
 * @throws Error when it is cut
 */
export async function readEvents(
  stream: AsyncIterable<Buffer | string>,
  take: (data: string, id: string | undefined) => void,
): Promise<void> {
  const parser = createParser({ onEvent: ({ data, id }) => void (data !== "" && take(data, id)) });
  const decoder = new TextDecoder();
  for await (const chunk of stream) parser.feed(typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
}

async function readText(stream: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
