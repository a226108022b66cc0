import { Secret } from "../../base/secret.ts";
import type { Expander } from "../values/expander.ts";

/** HTTP headers with their placeholders replaced; `expander` takes down what HTTP cannot carry. */
export function readHeaders(given: Readonly<Record<string, string>>, expander: Expander): Record<string, string | Secret> {
  const headers = expander.values(given, ["headers"]);
  for (const [name, value] of Object.entries(headers)) {
    const plain = value instanceof Secret ? value.reveal() : value;
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) expander.fail(["headers", name], "is no name of a header.");
    else if (/[^\t\x20-\x7e\x80-\xff]/.test(plain))
      expander.fail(["headers", name], "holds a character that a header cannot carry, such as a line break.");
  }
  return headers;
}
