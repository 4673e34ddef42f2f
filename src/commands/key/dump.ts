/** DUMP and RESTORE: values on their own, in the format of the reference. */
import type { Args } from "../../args.ts";
import type { Context } from "../../context.ts";
import { defineCommand, key } from "../../command.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Ref } from "../../store/memory/arena.ts";
import { INT64_MAX } from "../../store/numbers/int64.ts";
import type { Value } from "../../store/database.ts";
import type { Keyspace } from "../../store/keyspace.ts";
import { RdbError, RdbReader, RdbWriter } from "../../store/rdb/rdb_codec.ts";
import { finishDump, verifyDump } from "../../store/rdb/rdb_value.ts";
import { isLoadable, readValue, writeTypedValue } from "../../store/rdb/restore.ts";
import { Slice } from "../../sys/bytes.ts";

const busyKey = new ReplyError("BUSYKEY Target key name already exists.");
const invalidTtl = new ReplyError("ERR Invalid TTL value, must be >= 0");
const invalidIdleTime = new ReplyError("ERR Invalid IDLETIME value, must be >= 0");
const invalidFrequency = new ReplyError("ERR Invalid FREQ value, must be >= 0 and <= 255");
const damagedPayload = new ReplyError("ERR DUMP payload version or checksum are wrong");
const badFormat = new ReplyError("ERR Bad data format");
const otherType = new ReplyError("ERR values of this type cannot be restored");

const FREQUENCY_MAX = 255;
/** The highest type byte of a value in RDB version 10. */
const RDB_TYPE_MAX = 20;

export const dump = defineCommand({
  name: "DUMP",
  group: "generic",
  since: "2.6.0",
  summary: "Gives a key's value in a form that RESTORE takes",
  complexity: "O(N) with N bytes, or N elements of a collection",
  syntax: "key",
  arity: 2,
  flags: ["readonly"],
  categories: ["keyspace"],
  keys: [key(1, "RO", "access")],
  tips: ["nondeterministic_output"],
  run({ db, server }, args, reply) {
    const ref = db.read(args.at(1));
    if (ref === 0) return reply.nil();
    const writer = new RdbWriter({ compression: server.settings.flag("rdbcompression") });
    writeTypedValue(writer, db, ref);
    finishDump(writer);
    reply.bulkBytes(writer.written());
  },
});

interface Options {
  replaces: boolean;
  /** Whether the time to live is a unix time. */
  absolute: boolean;
  idleSeconds: number | undefined;
  frequency: number | undefined;
}

function readOptions(args: Args): Options {
  const options: Options = { replaces: false, absolute: false, idleSeconds: undefined, frequency: undefined };
  for (let i = 4; i < args.count; i++) {
    const more = i + 1 < args.count;
    if (args.is(i, "replace")) {
      options.replaces = true;
    } else if (args.is(i, "absttl")) {
      options.absolute = true;
    } else if (args.is(i, "idletime") && more && options.frequency === undefined) {
      options.idleSeconds = args.integerBetween(++i, 0, Number(INT64_MAX), invalidIdleTime);
    } else if (args.is(i, "freq") && more && options.idleSeconds === undefined) {
      options.frequency = args.integerBetween(++i, 0, FREQUENCY_MAX, invalidFrequency);
    } else {
      throw syntaxError;
    }
  }
  return options;
}

/** The time to live at argument 2 as unix ms, 0 for none. */
function readTtl(args: Args, absolute: boolean, now: number): number | bigint {
  const ttl = args.integer(2);
  if (ttl < 0) throw invalidTtl;
  if (Number.isSafeInteger(ttl + now)) return ttl === 0 || absolute ? ttl : now + ttl;
  const exact = args.bigInteger(2) + (absolute ? 0n : BigInt(now));
  // The reference lets the sum overflow, and a time before 1970 is past.
  return BigInt.asIntN(64, exact);
}

function readPayload({ bytes, start, end }: Slice, keyspace: Keyspace): Value {
  if (!verifyDump(bytes, start, end)) throw damagedPayload;
  const type = bytes[start]!;
  if (type <= RDB_TYPE_MAX && !isLoadable(type)) throw otherType;
  try {
    const value = readValue(new RdbReader(bytes, start, end), keyspace);
    if (value !== undefined) return value;
  } catch (error) {
    if (!(error instanceof RdbError)) throw error;
  }
  throw badFormat;
}

function setAccess({ db, keyspace }: Context, ref: Ref, { idleSeconds, frequency }: Options): void {
  const { access } = keyspace;
  if (access.lfu) {
    if (frequency !== undefined) db.setAccess(ref, access.withFrequency(frequency));
  } else if (idleSeconds !== undefined) {
    db.setAccess(ref, access.idleSince(idleSeconds));
  }
}

export const restore = defineCommand({
  name: "RESTORE",
  group: "generic",
  since: "2.6.0",
  summary: "Creates a key from what DUMP gave",
  complexity: "O(N) with N bytes, or N elements of a collection; O(N*log(N)) for a sorted set",
  syntax: "key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]",
  arity: -4,
  flags: ["write", "denyoom"],
  categories: ["keyspace", "dangerous"],
  keys: [key(1, "OW", "update")],
  run(context, args, reply) {
    const { db, keyspace, server: { journal } } = context;
    const name = args.at(1);
    const options = readOptions(args);
    if (!options.replaces && db.write(name) !== 0) throw busyKey;
    const when = readTtl(args, options.absolute, keyspace.now);
    const value = readPayload(args.at(3), keyspace);
    if (when !== 0 && when <= keyspace.now && !keyspace.isLoading) {
      if (!(value.value instanceof Slice)) value.value.release();
      if (db.deleteDeadOrAlive(name)) {
        db.event("g", "del", name);
        journal.instead(db, "DEL", name);
      }
      return reply.ok();
    }
    // What is replaced is not looked at: that it was dead is not told.
    if (options.replaces && db.presence(name) === "dead" && db.deleteDeadOrAlive(name)) keyspace.dirty--;
    const ref = db.addValue(name, value);
    setAccess(context, ref, options);
    if (when !== 0) db.setExpireAt(name, when, true);
    db.event("g", "restore", name);
    if (when !== 0 && !options.absolute && journal.isOpen) {
      journal.instead(db, args.at(0), name, when, ...args.from(3), "ABSTTL");
    }
    reply.ok();
  },
});
