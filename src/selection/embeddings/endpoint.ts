/** An endpoint that makes vectors of texts, as OpenAI's `POST /embeddings` does and many others after it. */

import { isObject, objectOr } from "../../base/json.ts";
import { reveal } from "../../base/secret.ts";
import type { EmbeddingsConfig } from "../../config/config.ts";
import { collect, type HttpCarrier } from "../../wire/http/carrier.ts";
import { vectorFrom, type Vector } from "./vector.ts";

/** Bytes; sixty-four vectors as text are less than two million. */
const LARGEST = 32 * 1024 * 1024;

export class EmbeddingsEndpoint {
  readonly #carrier: HttpCarrier;
  readonly #config: EmbeddingsConfig;

  constructor(carrier: HttpCarrier, config: EmbeddingsConfig) {
    this.#carrier = carrier;
    this.#config = config;
  }

  /** One vector for each text. @throws when the endpoint fails, or answers something else */
  async embed(texts: readonly string[], signal: AbortSignal): Promise<Vector[]> {
    const { url, model, headers } = this.#config;
    const reply = await this.#carrier.send({
      method: "POST",
      url: url.endsWith("/embeddings") ? url : `${url.replace(/\/$/, "")}/embeddings`,
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, reveal(value)])),
      },
      body: Buffer.from(JSON.stringify({ model, input: texts })),
      signal,
    });
    const end = (): void => reply.abort();
    signal.addEventListener("abort", end, { once: true });
    try {
      const body = await collect(reply, LARGEST);
      if (reply.status !== 200) throw new Error(`it answered with status ${reply.status}`);
      if ("tooLarge" in body) throw new Error("its answer is too large");
      return vectorsIn(JSON.parse(body.bytes.toString("utf8")), texts.length);
    } finally {
      signal.removeEventListener("abort", end);
    }
  }
}

function vectorsIn(answer: unknown, count: number): Vector[] {
  const { data } = objectOr(answer);
  const vectors = new Map<number, Vector>();
  for (const [at, each] of (Array.isArray(data) ? data : []).entries()) {
    const { index, embedding } = objectOr(each);
    const vector = isObject(each) ? vectorFrom(embedding) : undefined;
    if (vector !== undefined) vectors.set(typeof index === "number" ? index : at, vector);
  }
  const found = Array.from({ length: count }, (_, at) => vectors.get(at)).filter((vector) => vector !== undefined);
  if (found.length !== count) throw new Error("its answer does not hold one vector for each text");
  return found;
}
