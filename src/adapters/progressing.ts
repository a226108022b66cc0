/** A call as the generator that some frameworks take: it yields how far the call is, and returns its result. */

import type { OnProgress, Progress } from "./source.ts";

/** Progress that comes faster than it is taken is held; of a call that ends, what is left is dropped. */
export async function* progressing<T>(call: (onProgress: OnProgress) => Promise<T>): AsyncGenerator<Progress, T, void> {
  const news: Progress[] = [];
  let wake = (): void => {};
  const running = call((progress) => {
    news.push(progress);
    wake();
  });
  const ended = running.then(
    () => true,
    () => true,
  );
  for (;;) {
    const told = new Promise<boolean>((resolve) => {
      wake = () => resolve(false);
    });
    if (news.length === 0 && (await Promise.race([ended, told]))) return running;
    yield* news.splice(0);
  }
}
