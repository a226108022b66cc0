/** Where a process listens, seen from outside (Linux: /proc). */

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The addresses on which a process listens by TCP, as `127.0.0.1:8808` or `[::1]:8808`. */
export function listeningOn(pid: number): string[] {
  const own = new Set(socketsOf(pid));
  return ["tcp", "tcp6"]
    .flatMap((table) => rowsOf(pid, table))
    .flatMap(([local = "", state, inode = ""]) => (state === LISTEN && own.has(inode) ? [addressOf(local)] : []));
}

const LISTEN = "0A";

function socketsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return []; // closed meanwhile
    }
  });
}

/** Local address, state and inode of each row. */
function rowsOf(pid: number, table: string): string[][] {
  const lines = readFileSync(`/proc/${pid}/net/${table}`, "utf8").trim().split("\n").slice(1);
  return lines.map((line) => line.trim().split(/\s+/)).map((fields) => [fields[1] ?? "", fields[3] ?? "", fields[9] ?? ""]);
}

/** The kernel writes addresses in hex, in words of the machine's own byte order. */
function addressOf(text: string): string {
  const [hex = "", port = ""] = text.split(":");
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).toReversed());
  const host = bytes.length === 4 ? bytes.join(".") : `[${new URL(`http://[${ipv6(bytes)}]`).hostname.slice(1, -1)}]`;
  return `${host}:${Number.parseInt(port, 16)}`;
}

function ipv6(bytes: readonly number[]): string {
  return Array.from({ length: 8 }, (_, index) => (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16)).join(":");
}
