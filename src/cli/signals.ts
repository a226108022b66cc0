/** Ctrl-C and its like. A command may take one as a wish to end; any other ends the process at once, and with it all that it started. */

const NUMBERS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

let take: (() => void) | undefined;

/** To be called once, before any command runs. */
export function heedSignals(): void {
  for (const [signal, number] of Object.entries(NUMBERS)) {
    process.on(signal, () => {
      const taker = take;
      take = undefined;
      if (taker === undefined) process.exit(128 + number);
      taker();
    });
  }
}

/** Resolves at the next signal, which then does nothing else; the one after it ends the process. */
export function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    take = resolve;
  });
}

/** A reader that goes away (`| head`) ends the command, without a word; a disk that is full is told, where that can be. */
export function heedReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      if (stream === process.stdout) process.stderr.write(`error: The output cannot be written: ${error.message}.\n`);
      process.exit(1);
    });
  }
}
