/** Makes this program ask the name server of a test for names that end in `.test`. See dns.ts. */

import dns from "node:dns";

const resolver = new dns.Resolver({ timeout: 1_000, tries: 1 });
resolver.setServers([process.env["TOOLYARD_TEST_DNS"] ?? "127.0.0.1:9"]);
const { lookup } = dns;

dns.lookup = /** @type {typeof dns.lookup} */ (
  (name, options, callback) => {
    const done = typeof options === "function" ? options : callback;
    if (!/\.test\.?$/i.test(name)) return lookup(name, options, callback);
    resolver.resolve4(name, (error, addresses) => {
      if (error) return done(error, "", 0);
      if (options?.all)
        return done(
          null,
          addresses.map((address) => ({ address, family: 4 })),
          4,
        );
      done(null, addresses[0] ?? "", 4);
    });
  }
);
