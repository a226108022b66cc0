/** HTTP as a carrier of single requests to one upstream. Knows no MCP. Redirects are not followed. */

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  /** @param name in lower case; of a repeated header the first is given */
  header(name: string): string | undefined;
  /** Gives the body to `reader`, what has come already too. To be called once for every reply. */
  read(reader: BodyReader): void;
  /** Ends the connection instead of reading on. */
  abort(): void;
}

export interface BodyReader {
  data(piece: Buffer): void;
  /** The end, once. @param whole false where the body broke off */
  done(whole: boolean): void;
}

export interface HttpCarrier {
  /** @throws HttpFailure when no answer came; the signal's reason when it aborted */
  send(request: HttpRequest): Promise<HttpReply>;
  /** Ends every connection, and every answer still coming in. */
  close(): void;
}

export interface CarrierOptions {
  /** How many connections may be open at once. */
  readonly connections: number;
  /** Where `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are read from; loopback is never asked for by proxy. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Thrown by {@link HttpCarrier.send} when no answer came. */
export class HttpFailure extends Error {
  /** False where it is certain that no byte of the request was sent. */
  readonly started: boolean;

  constructor(message: string, started: boolean, cause?: unknown) {
    super(message, { cause });
    this.started = started;
  }
}

/** A connection that does not stand after so many ms is given up. */
export const CONNECT_MS = 5_000;
/** An unused connection is closed after so many ms: many servers close theirs after 5 s, and what is sent just then is lost. */
export const IDLE_MS = 4_000;
/** A body of so many bytes goes out in one write with its headers. */
export const ONE_WRITE = 16 * 1024;

/** What of a body was read: all of it, or that it is larger than the limit (the rest is thrown away). */
export type Collected = { readonly bytes: Buffer } | { readonly tooLarge: true };

/** Reads a body to its end. Rejects when it breaks off. */
export function collect(reply: HttpReply, limit: number): Promise<Collected> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    reply.read({
      data(piece) {
        size += piece.length;
        if (size <= limit) return void pieces.push(piece);
        resolve({ tooLarge: true });
        reply.abort();
      },
      done(whole) {
        if (!whole) return reject(new Error("The answer broke off."));
        resolve({ bytes: pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces) });
      },
    });
  });
}

/** Throws an answer's body away. */
export function discard(reply: HttpReply): void {
  reply.read({ data() {}, done() {} });
}
