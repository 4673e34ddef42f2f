/**
 * What stands between the values of an RDB file, and the names of things in it.
 *
 * ```text
 * file      "REDIS", version in 4 digits, then records, then 255 and, from version 5 on, the CRC-64 of all before it (0: none)
 * record    250 name value           two strings: something about the file
 *           254 database             its number, a length: the keys after it are of this database
 *           251 keys expires         two lengths: how many there will be
 *           253 seconds | 252 ms     4 or 8 bytes: when the next key dies
 *           248 seconds | 249 byte   a length, or one byte: how long the next key was idle, or how often it is used
 *           245 code                 a string: a library of functions; 246 as release candidates of 7.0 wrote it
 *           247 module ...           data of a module that belongs to no key
 *           type key value           see collection_rdb.ts
 * ```
 */

/** Bytes that stand for no type of value. */
export const Opcode = {
  function2: 245,
  function: 246,
  moduleAux: 247,
  idle: 248,
  frequency: 249,
  aux: 250,
  resizeDatabase: 251,
  expireMs: 252,
  expireSeconds: 253,
  selectDatabase: 254,
  end: 255,
} as const;

export const MAGIC = "REDIS";
/** The magic and the version. */
export const HEADER_BYTES = 9;
export const CHECKSUM_BYTES = 8;
/** The first version that ends in a checksum. */
export const CHECKSUM_VERSION_MIN = 5;

/** Module values of the first kind cannot be passed over: only the module knows where they end. */
export const RDB_TYPE_MODULE = 6;

/** The names by which check-rdb calls types of values. */
const TYPE_NAMES: readonly string[] = [
  "string",
  "list-linked",
  "set-hashtable",
  "zset-v1",
  "hash-hashtable",
  "zset-v2",
  "module-value",
  "",
  "",
  "hash-zipmap",
  "list-ziplist",
  "set-intset",
  "zset-ziplist",
  "hash-ziplist",
  "quicklist",
  "stream",
  "hash-listpack",
  "zset-listpack",
  "quicklist-v2",
];

export function typeName(rdbType: number): string {
  return TYPE_NAMES[rdbType] ?? "unknown";
}

/** Whether a byte announces a value. */
export function isValueType(byte: number): boolean {
  return byte <= 7 || (byte >= 9 && byte <= 19);
}

const MODULE_NAME_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The name of a module or of its type, from its number: nine letters of 6 bits, above 10 bits of version. */
export function moduleName(id: bigint): string {
  let name = "";
  for (let bits = id >> 10n; name.length < 9; bits >>= 6n) {
    name = MODULE_NAME_LETTERS[Number(bits & 63n)]! + name;
  }
  return name;
}
