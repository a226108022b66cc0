const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/** True for a name or an address, without brackets, that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
