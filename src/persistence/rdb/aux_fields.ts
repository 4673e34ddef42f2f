/** What an RDB file says of itself: the fields that are written, and what the log tells of those that are read. */
import { REDIS_VERSION } from "../../sys/version.ts";

/**
 * The fields of a file that is written now, in the order of the reference.
 * @param now unix ms
 * @param usedMemory bytes, as INFO tells them
 * @param isAofBase whether the file is the base of an append-only file
 */
export function auxFields(
  now: number,
  usedMemory: number,
  isAofBase: boolean,
): readonly (readonly [name: string, value: string])[] {
  return [
    ["redis-ver", REDIS_VERSION],
    ["redis-bits", "64"],
    ["ctime", String(Math.floor(now / 1000))],
    ["used-mem", String(Math.floor(usedMemory))],
    ["aof-base", isAofBase ? "1" : "0"],
  ];
}

/**
 * The line that the log gets for a field, as the reference words it; undefined for a field that nobody is told of.
 * @param now unix ms
 */
export function describeAux(name: string, value: string, now: number): string | undefined {
  if (name.startsWith("%")) return `RDB '${name}': ${value}`;
  switch (name) {
    case "redis-ver":
      return `Loading RDB produced by version ${value}`;
    case "ctime": {
      const seconds = Math.floor(now / 1000) - (parseInt(value, 10) || 0);
      return `RDB age ${Math.max(0, seconds)} seconds`;
    }
    case "used-mem":
      return `RDB memory usage when created ${((parseInt(value, 10) || 0) / 1048576).toFixed(2)} Mb`;
    case "aof-preamble":
      return parseInt(value, 10) > 0 ? "RDB has an AOF tail" : undefined;
    case "aof-base":
      return parseInt(value, 10) > 0 ? "RDB is base AOF" : undefined;
    default:
      return undefined;
  }
}
