/**
 * Lists, hashes, sets and sorted sets in RDB spelling: the bodies of values in files and DUMP payloads, behind the type
 * byte. Independent of how values lie in memory: reading hands the parts to a sink, writing takes them one by one.
 *
 * ```text
 * type                  body
 *  1 list               count, then elements                      2 set            count, then members
 *  3 zset               count, then member and score as text      5 zset, 2nd      ... and score as 8 bytes, greatest first
 *  4 hash               count, then field and value
 * 11 set, intset        one string that holds an intset
 * 16 hash, listpack     one string that holds field, value ...   17 zset, listpack member, score ..., least first
 * 18 list, quicklist 2  count of nodes, then of each a 2 and a string that holds a listpack, or a 1 and an element
 *  9 hash, zipmap   10 list, ziplist   12 zset, ziplist   13 hash, ziplist   14 list, quicklist of ziplists: older versions
 * ```
 * Written are 2, 4, 5, 11, 16, 17 and 18; all are read. The smaller of the old spellings arrive at the sink as listpacks.
 *
 * Invariants: a reader is given bytes of unknown origin; whatever they say, it ends with the number of elements or with an
 * RdbError, reads nothing outside, and refuses what the reference refuses when it looks into everything (its setting
 * `sanitize-dump-payload yes`). As there, the order and the scores inside of a sorted set's listpack are believed.
 */

import { Slice } from "../sys/bytes.ts";
import { Type, type TypeNumber } from "./entry.ts";
import { scanFloatPrefix } from "./float_prefix.ts";
import { intsetBytes, validateIntset } from "./intset.ts";
import {
  find,
  firstPosition,
  isEnd,
  ListpackBuilder,
  listpackBytes,
  ListpackEntry,
  nextPosition,
  validateListpack,
} from "./listpack.ts";
import { RDB_ENCODING_LZF, RdbError, type RdbReader, type RdbWriter } from "./rdb_codec.ts";
import { readZiplist, readZipmap } from "./ziplist.ts";
