import { ToolyardError } from "../../base/errors.ts";
import type { IncomingMessage } from "../../wire/node-http.ts";

/** How long a client may go on sending what nobody wants any more before its connection is cut, in ms: so it gets to see the answer. */
const LINGER_MS = 2_000;
/** Of that, so many bytes are read; what is sent beyond waits on its way. */
const LINGER_BYTES = 1024 * 1024;

/**
 * Reads a request's body.
 *
 * @param limit in bytes
 * @throws MESSAGE_TOO_LARGE before it is read, where its length says so, or as soon as it is; CANCELLED when it breaks off
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) {
    discard(request);
    return Promise.reject(tooLarge(limit));
  }
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    const take = (part: Buffer): void => {
      size += part.length;
      if (size <= limit) return void parts.push(part);
      request.off("data", take);
      discard(request);
      reject(tooLarge(limit));
    };
    request.on("data", take);
    request.once("end", () => resolve(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)));
    request.once("close", () => {
      if (!request.complete) reject(new ToolyardError("CANCELLED", "The request broke off."));
    });
  });
}

/** Throws away the rest of a request, for a moment; then its connection ends. */
export function discard(request: IncomingMessage): void {
  if (request.complete) return;
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  request.once("close", () => clearTimeout(timer));
  request.once("end", () => clearTimeout(timer));
  let left = LINGER_BYTES;
  request.on("data", (part: Buffer) => {
    left -= part.length;
    if (left < 0) request.pause();
  });
  request.resume();
}

function tooLarge(limit: number): ToolyardError {
  return new ToolyardError("MESSAGE_TOO_LARGE", `The request's body is larger than ${limit} bytes.`, {
    mend: "Send less, or raise `limits.body`.",
  });
}
