/** Does a URI fit a URI template (RFC 6570)? In linear time: a server writes the template, so it must not be able to stall us. */

/**
 * An expression stands for any text without `/`, or with it where its operator (`+`, `#`, `/`, `?`, `&`) allows it.
 * Literals must be there in order.
 */
export function matchesTemplate(template: string, uri: string): boolean {
  const parts = template.split(/\{([^{}]*)\}/);
  let at = 0;
  let open = false;
  let slashes = false;
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) {
      open = true;
      slashes ||= /^[+#/?&]/.test(part);
      continue;
    }
    const last = index === parts.length - 1;
    const found = locate(uri, part, at, { open, last });
    if (found === -1 || (open && !slashes && uri.slice(at, found).includes("/"))) return false;
    at = found + part.length;
    if (part !== "" || last) {
      open = false;
      slashes = false;
    }
  }
  return at === uri.length;
}

/** Where the literal `part` begins, from `at` on; -1 when it is not there. */
function locate(uri: string, part: string, at: number, { open, last }: { open: boolean; last: boolean }): number {
  if (!open) return uri.startsWith(part, at) ? at : -1;
  if (!last) return uri.indexOf(part, at);
  const end = uri.length - part.length;
  return end >= at && uri.endsWith(part) ? end : -1;
}
