/** A server that has several tools for a question is likelier to be the right one for each of them. */

/** How much the best server's tools gain, of their own score and of the best. */
const GAIN = 0.3;
const SHARE = 0.1;
/** The three best tools of a server speak for it, each half as loud as the one before. */
const VOICES = 3;

/** One search at a time. Servers are numbers; arrays are kept from one search to the next. */
export class ServerPrior {
  /** Of each server its best scores, side by side; then what all together say. */
  #best = new Float64Array();
  #evidence = new Float64Array();
  #noted: number[] = [];
  #most = 0;
  #top = 0;

  /** Forgets the last search. @param servers all have smaller numbers than this */
  begin(servers: number): void {
    if (this.#evidence.length < servers) {
      this.#best = new Float64Array(servers * 2 * VOICES);
      this.#evidence = new Float64Array(servers * 2);
    }
    for (const server of this.#noted) this.#best.fill(0, server * VOICES, (server + 1) * VOICES);
    this.#noted = [];
    this.#most = 0;
    this.#top = 0;
  }

  /** A tool of this server has this score, which is more than nothing. */
  note(server: number, score: number): void {
    const best = this.#best;
    const first = server * VOICES;
    if (best[first] === 0) this.#noted.push(server);
    let rest = score;
    for (let at = first; at < first + VOICES; at++) {
      const held = best[at] ?? 0;
      if (rest <= held) continue;
      best[at] = rest;
      rest = held;
    }
  }

  /** All are noted. */
  weigh(): void {
    for (const server of this.#noted) {
      const first = server * VOICES;
      let evidence = 0;
      for (let rank = 0; rank < VOICES; rank++) evidence += (this.#best[first + rank] ?? 0) / 2 ** rank;
      this.#evidence[server] = evidence;
      this.#most = Math.max(this.#most, evidence);
      this.#top = Math.max(this.#top, this.#best[first] ?? 0);
    }
  }

  /** The score of a tool of this server, raised by what speaks for the server. */
  raise(server: number, score: number): number {
    const evidence = (this.#evidence[server] ?? 0) / this.#most;
    return score * (1 + GAIN * evidence) + SHARE * this.#top * evidence;
  }

  /** No score below this is raised to more than `raised`. */
  floor(raised: number): number {
    return (raised - SHARE * this.#top) / (1 + GAIN);
  }
}
