/** `toolyard stdio --own`: a gateway for one host, wholly in this process and gone with that host. */

import { PassThrough, type Readable } from "node:stream";
import { openFace } from "../../gateway/face.ts";
import { servePipe } from "../../gateway/pipe.ts";
import { openToolyard } from "../../open.ts";
import { STOP_LADDER, type StopLadder } from "../../wire/child.ts";
import { EXIT } from "../exit.ts";
import type { Place } from "../place.ts";
import { nextSignal } from "../signals.ts";
import { stderrLogger } from "../terminal/log.ts";
import type { Output } from "../terminal/output.ts";

/** After the host's last byte: what was asked just before may still be answered. */
const LAST_WORDS_MS = 200;
/** Together with them: SIGTERM after 0.5 s, SIGKILL after 1.5 s. */
const HURRY: StopLadder = { closeMs: 300, termMs: 1_000 };
/** Whatever then is not over ends with this process. */
const LATEST_MS = 1_600;

export interface OwnOptions {
  readonly toolset?: string;
  /** What a model is shown, whatever the configuration says. */
  readonly surface?: "all" | "search";
}

/** Serves the host on this process's pipes until it leaves. */
export async function serveOwn(place: Place, { toolset, surface }: OwnOptions, output: Output): Promise<number> {
  const { file, paths, inputs } = place;
  const leaving = new AbortController();
  const signal = nextSignal();
  const patience = (): StopLadder => (leaving.signal.aborted ? HURRY : STOP_LADDER);
  const yard = await openToolyard(file, {
    paths,
    inputs,
    logger: stderrLogger(output),
    startWhenUsed: true,
    clientsAnswer: true,
    patience,
  });
  try {
    const own = openFace(yard, { ...(toolset === undefined ? {} : { toolset }), ...(surface === undefined ? {} : { surface }) });
    const pipe = servePipe(own.face, withLastWords(process.stdin), process.stdout, { limits: yard.config.limits });
    await Promise.race([pipe.done, signal]);
    own.close();
    return EXIT.good;
  } finally {
    leaving.abort();
    setTimeout(() => process.exit(EXIT.good), LATEST_MS).unref();
    await yard.close();
    process.stdin.destroy();
  }
}

function withLastWords(stdin: Readable): Readable {
  const input = new PassThrough();
  const end = (): void => void setTimeout(() => input.end(), LAST_WORDS_MS);
  stdin.once("end", end);
  stdin.once("error", end);
  return stdin.pipe(input, { end: false });
}
