/**
 * What the configuration says about values, in a form that costs a command no lookup by name: up to where the small
 * encodings reach, and what is freed later. The server follows the directives and writes here.
 */

import { type ListLimits, listLimits } from "./list/quicklist_fill.ts";

/** Counts of elements and lengths in bytes up to which a value keeps its small encoding. */
export interface EncodingLimits {
  hashListpackEntries: number;
  hashListpackValue: number;
  /** For lists that are made from now on. */
  list: ListLimits;
  setIntsetEntries: number;
  zsetListpackEntries: number;
  zsetListpackValue: number;
  /** Of a node of a stream: entries, deleted ones included, and bytes. 0: any number. */
  streamNodeMaxEntries: number;
  streamNodeMaxBytes: number;
}

export function defaultLimits(): EncodingLimits {
  return {
    hashListpackEntries: 512,
    hashListpackValue: 64,
    list: listLimits(-2, 0),
    setIntsetEntries: 512,
    zsetListpackEntries: 128,
    zsetListpackValue: 64,
    streamNodeMaxEntries: 100,
    streamNodeMaxBytes: 4096,
  };
}

/** Whether the memory of large collections is given back later and in steps. */
export interface LazyFreeing {
  /** When DEL removes them. */
  userDelete: boolean;
  /** When their time has come. */
  expire: boolean;
  /** When another value takes their place, or a command removes them in passing. */
  serverDelete: boolean;
  /** When memory is short. */
  eviction: boolean;
}
