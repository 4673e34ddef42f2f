/**
 * Values on their own, as DUMP gives them and RESTORE takes them: a type byte, the value in RDB spelling, the RDB
 * version in 2 bytes, and the CRC-64 of everything before it in 8 bytes, both little endian.
 *
 * The payload of a value is the same byte for byte as the reference's.
 */

import { Crc64 } from "./crc64.ts";
import { RdbError, RdbReader, RdbWriter } from "./rdb_codec.ts";

/** The version this server writes, and the newest it reads. */
export const RDB_VERSION = 10;

/** Type byte of a string value. */
export const RDB_TYPE_STRING = 0;

/** Version and checksum at the end of a payload. */
export const DUMP_FOOTER_BYTES = 10;

/** Appends version and checksum to a writer that holds a type byte and a value, and nothing else. */
export function finishDump(writer: RdbWriter): void {
  writer.uint16(RDB_VERSION);
  const crc = new Crc64();
  crc.update(writer.written());
  writer.uint32(crc.lo);
  writer.uint32(crc.hi);
}

/**
 * The DUMP payload of the string `value[start, end)`. Whether the value is kept as a number makes no difference: its
 * text decides. O(n).
 *
 * @param compression the setting `rdbcompression`.
 */
export function dumpString(
  value: Uint8Array,
  start = 0,
  end = value.length,
  compression = true,
): Uint8Array {
  const writer = new RdbWriter({ compression, capacity: end - start + 32 });
  writer.byte(RDB_TYPE_STRING);
  writer.string(value, start, end);
  finishDump(writer);
  return writer.toBytes();
}

/** Whether `payload[start, end)` ends in a version this server reads and in the right checksum. O(n). */
export function verifyDump(payload: Uint8Array, start = 0, end = payload.length): boolean {
  if (end - start < DUMP_FOOTER_BYTES) return false;
  const footer = end - DUMP_FOOTER_BYTES;
  if ((payload[footer]! | (payload[footer + 1]! << 8)) > RDB_VERSION) return false;
  const crc = new Crc64();
  crc.update(payload, start, end - 8);
  for (let i = 0; i < 4; i++) {
    if (payload[end - 8 + i] !== ((crc.lo >>> (8 * i)) & 0xff)) return false;
    if (payload[end - 4 + i] !== ((crc.hi >>> (8 * i)) & 0xff)) return false;
  }
  return true;
}

/**
 * The string value of a verified payload, or undefined when it is damaged or of another type. May be a view of the
 * payload. As in the reference, a value may be followed by anything, and reading may run into the footer.
 */
export function restoreString(
  payload: Uint8Array,
  start = 0,
  end = payload.length,
): Uint8Array | undefined {
  const reader = new RdbReader(payload, start, end);
  try {
    return reader.byte() === RDB_TYPE_STRING ? reader.string() : undefined;
  } catch (error) {
    if (error instanceof RdbError) return undefined;
    throw error;
  }
}
