const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** The bytes without the UTF-8 byte order mark that some programs put before everything they write. */
export function withoutBom(bytes: Buffer): Buffer {
  return bytes[0] === BOM[0] && bytes.subarray(0, BOM.length).equals(BOM) ? bytes.subarray(BOM.length) : bytes;
}
