/**
 * Annotations: lines of an append-only file that say when the commands after them were carried out. They let
 * `check-aof --truncate-to-timestamp` go back to a moment; loading skips them.
 */
import { utf8 } from "../../sys/bytes.ts";

/** The line before the first command of a second. @param seconds unix time */
export function timestampAnnotation(seconds: number): Uint8Array {
  return utf8(`#TS:${seconds}\r\n`);
}
