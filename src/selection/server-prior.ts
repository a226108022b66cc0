/** A server that has several tools for a question is likelier to be the right one for each of them. */

/** How much the best server's tools gain, of their own score and of the best. */
const GAIN = 0.3;
const SHARE = 0.1;
/** The three best tools of a server speak for it, each half as loud as the one before. */
const VOICES = [1, 0.5, 0.25];

export class ServerPrior {
  readonly #best = new Map<number, number[]>();
  readonly #evidence = new Map<number, number>();
  #most = 0;
  #top = 0;

  /** A tool of this server has this score. All are noted before the first is raised. */
  note(server: number, score: number): void {
    this.#top = Math.max(this.#top, score);
    const best = this.#best.get(server);
    if (best === undefined) return void this.#best.set(server, [score, 0, 0]);
    let rest = score;
    for (let rank = 0; rank < best.length; rank++) {
      const held = best[rank] ?? 0;
      if (rest <= held) continue;
      best[rank] = rest;
      rest = held;
    }
  }

  /** The score of a tool of this server, raised by what speaks for the server. */
  raise(server: number, score: number): number {
    if (this.#most === 0) this.#weigh();
    const evidence = (this.#evidence.get(server) ?? 0) / this.#most;
    return score * (1 + GAIN * evidence) + SHARE * this.#top * evidence;
  }

  #weigh(): void {
    for (const [server, best] of this.#best) {
      const evidence = best.reduce((sum, score, rank) => sum + score * (VOICES[rank] ?? 0), 0);
      this.#evidence.set(server, evidence);
      this.#most = Math.max(this.#most, evidence);
    }
  }
}
