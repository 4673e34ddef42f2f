/**
 * DEBUG: what tests and the curious ask. It is one command, not a container, as in the reference; what it does not
 * know, and what has the wrong number of arguments, gets one and the same error.
 */
import type { Args } from "../../args.ts";
import { defineCommand, type Handler, helpHandler } from "../../command.ts";
import type { Context, VirtualMemoryCommands } from "../../context.ts";
import { noSuchKey, ReplyError } from "../../errors.ts";
import type { Ref } from "../../store/memory/arena.ts";
import { Encoding, encodingName } from "../../store/memory/entry.ts";
import { RdbWriter } from "../../store/rdb/rdb_codec.ts";
import { writeValue } from "../../store/rdb/restore.ts";
import { Slice, utf8 } from "../../sys/bytes.ts";
import { datasetDigest, emptyDigest, hex, mixValue } from "./debug_digest.ts";
import { referenceCount } from "../key/object.ts";
import { writeProtocolSample } from "./debug_protocol.ts";
import { parseMemory } from "./memory_text.ts";

const noVirtualMemory = new ReplyError("ERR Virtual memory is off: vm-enabled is no");
const notSwapped = new ReplyError("ERR The value is in memory");
const notListpack = new ReplyError("ERR Not a listpack encoded object.");
const badThreshold = new ReplyError(
  "ERR argument must be a memory value bigger than 1 and smaller than 4gb",
);
const notPositive = new ReplyError("ERR value is out of range, must be positive");
const reloadOptions = new ReplyError("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");

/** A list element of that many bytes gets a node of its own, unless this is asked for. */
const PLAIN_THRESHOLD_BYTES = 1 << 30;
const PLAIN_THRESHOLD_BYTES_MAX = 2 ** 32 - 1;

interface Subcommand {
  /** Numbers of arguments, DEBUG and the name included. */
  readonly least: number;
  readonly most: number;
  readonly run: Handler;
}

/** The entry of the key at argument 2, its access clock left alone. @throws ReplyError when there is none */
function existing({ db }: Context, args: Args): Ref {
  const ref = db.find(args.at(2));
  if (ref === 0) throw noSuchKey;
  return ref;
}

/** @throws ReplyError when there is no virtual memory */
function memoryOf({ server }: Context): VirtualMemoryCommands {
  if (server.virtualMemory === undefined) throw noVirtualMemory;
  return server.virtualMemory;
}

/** Bytes of the value in an RDB file. */
function serializedLength({ db, server }: Context, ref: Ref): number {
  const writer = new RdbWriter({ compression: server.settings.flag("rdbcompression") });
  writeValue(writer, db, ref);
  return writer.length;
}

const describeObject: Handler = (context, args, reply) => {
  const { db, keyspace } = context;
  const ref = db.findDeadOrAlive(args.at(2));
  if (ref === 0) throw noSuchKey;
  const access = db.accessOf(ref);
  const idle = keyspace.access.lfu ? 0 : keyspace.access.idleSeconds(access);
  reply.status(
    `Value at:0x${((ref >>> 0) * 8).toString(16)} refcount:${referenceCount(context, ref)} encoding:${
      encodingName(db.encodingOf(ref))
    } ` +
      `serializedlength:${serializedLength(context, ref)} lru:${access} lru_seconds_idle:${idle}` +
      (db.isSwapped(ref) ? ` ${memoryOf(context).describe(ref)}` : ""),
  );
};

const digestValues: Handler = ({ db }, args, reply) => {
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) {
    const digest = emptyDigest();
    const ref = db.find(args.at(i));
    if (ref !== 0) mixValue(digest, db, ref);
    reply.status(hex(digest));
  }
};

const populate: Handler = ({ db, keyspace }, args, reply) => {
  const { dirty } = keyspace;
  const count = positive(args, 2);
  const prefix = args.count > 3 ? args.at(3).copy() : utf8("key");
  const size = args.count > 4 ? positive(args, 4) : 0;
  for (let i = 0; i < count; i++) {
    const name = new Slice(joined(prefix, utf8(`:${i}`)));
    if (db.find(name) !== 0) continue;
    let value = utf8(`value:${i}`);
    if (size > 0) {
      const padded = new Uint8Array(size);
      padded.set(value.subarray(0, size));
      value = padded;
    }
    db.setString(name, new Slice(value));
  }
  // Neither counted nor recorded, as in the reference.
  keyspace.dirty = dirty;
  reply.ok();
};

function positive(args: Args, i: number): number {
  let value: number;
  try {
    value = args.integer(i);
  } catch {
    throw notPositive;
  }
  if (value < 0) throw notPositive;
  return value;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** The number at the beginning of a text, as C reads it: 0 when there is none. */
function leadingNumber(text: string): number {
  const value = parseFloat(text);
  return value === value ? value : 0;
}

/** Ends the process. */
function crashes(kind: "panic" | "assert" | "segfault"): Subcommand {
  return { least: 2, most: Infinity, run: (context, args) => context.server.crash(kind, context, args) };
}

const help = helpHandler("DEBUG", [
  "ASSERT",
  "    End as if something had proved wrong, with a report in the log.",
  "CHANGE-REPL-ID",
  "    Give the dataset another replication ID.",
  "DIGEST",
  "    A signature of all data.",
  "DIGEST-VALUE <key> [<key> ...]",
  "    Signatures of values.",
  "ERROR <string>",
  "    Answer with this error.",
  "LISTPACK <key>",
  "    About the listpack in which a value is kept.",
  "LOADAOF",
  "    Empty everything, and load the append-only file.",
  "OBJECT <key>",
  "    How a value is kept.",
  "PANIC",
  "    End as a defect would end the server, with a report in the log.",
  "POPULATE <count> [<prefix>] [<size>]",
  "    Make keys <prefix>:<number> that do not exist yet.",
  "PROTOCOL <type>",
  "    Answer with a sample of a type: string, integer, double, bignum, null,",
  "    array, set, map, attrib, push, verbatim, true, false.",
  "QUICKLIST-PACKED-THRESHOLD <size>",
  "    From which size on a list element gets a node of its own; 0 for the default.",
  "RELOAD [MERGE] [NOFLUSH] [NOSAVE]",
  "    Save to the RDB file, empty everything, and load the file.",
  "SEGFAULT",
  "    End with the exit code of a segmentation fault, with a report in the log.",
  "SET-ACTIVE-EXPIRE <0|1>",
  "    Whether dead keys are looked for in the background.",
  "SLEEP <seconds>",
  "    Serve nobody for some time.",
  "SWAPIN <key>",
  "    Read a value from the swap file.",
  "SWAPOUT <key>",
  "    Write a value to the swap file.",
  "VMMAP",
  "    How full the swap file is, drawn as blocks.",
]);

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  assert: crashes("assert"),
  panic: crashes("panic"),
  segfault: crashes("segfault"),
  "change-repl-id": {
    least: 2,
    most: 2,
    run({ server }, _args, reply) {
      server.changeReplicationId();
      reply.ok();
    },
  },
  digest: {
    least: 2,
    most: 2,
    run: ({ keyspace }, _args, reply) => reply.status(hex(datasetDigest(keyspace))),
  },
  "digest-value": { least: 2, most: Infinity, run: digestValues },
  error: { least: 3, most: 3, run: (_context, args, reply) => reply.error(args.text(2)) },
  help: { least: 2, most: 2, run: help },
  swapin: {
    least: 3,
    most: 3,
    run(context, args, reply) {
      const ref = existing(context, args);
      if (!memoryOf(context).swapIn(context.db, ref)) throw notSwapped;
      reply.ok();
    },
  },
  swapout: {
    least: 3,
    most: 3,
    run(context, args, reply) {
      const why = memoryOf(context).swapOut(context.db, existing(context, args));
      if (why !== undefined) throw new ReplyError(`ERR The value cannot be swapped out: ${why}`);
      reply.ok();
    },
  },
  vmmap: {
    least: 2,
    most: 2,
    run: (context, _args, reply) => reply.verbatim(memoryOf(context).picture()),
  },
  listpack: {
    least: 3,
    most: 3,
    run(context, args, reply) {
      if (context.db.encodingOf(existing(context, args)) !== Encoding.listpack) throw notListpack;
      // The reference prints the bytes on its standard output, where nobody looks for them, and answers this.
      reply.status("Listpack structure printed on stdout");
    },
  },
  object: { least: 3, most: 3, run: describeObject },
  populate: { least: 3, most: 5, run: populate },
  protocol: { least: 3, most: 3, run: (_context, args, reply) => writeProtocolSample(args.text(2), reply) },
  "quicklist-packed-threshold": {
    least: 3,
    most: 3,
    run({ keyspace }, args, reply) {
      const bytes = parseMemory(args.text(2));
      if (bytes === undefined || bytes >= PLAIN_THRESHOLD_BYTES_MAX) throw badThreshold;
      keyspace.listPlainThreshold = bytes === 0 ? PLAIN_THRESHOLD_BYTES : bytes;
      reply.ok();
    },
  },
  reload: {
    least: 2,
    most: Infinity,
    run({ server }, args, reply) {
      const options = { save: true, flush: true, merge: false };
      for (let i = 2; i < args.count; i++) {
        if (args.is(i, "nosave")) options.save = false;
        else if (args.is(i, "noflush")) options.flush = false;
        else if (args.is(i, "merge")) options.merge = true;
        else throw reloadOptions;
      }
      server.persistence.reload(options);
      reply.ok();
    },
  },
  loadaof: {
    least: 2,
    most: 2,
    run({ server }, _args, reply) {
      server.persistence.loadAof();
      reply.ok();
    },
  },
  "set-active-expire": {
    least: 3,
    most: 3,
    run({ server }, args, reply) {
      server.activeExpire = Math.trunc(leadingNumber(args.text(2))) !== 0;
      reply.ok();
    },
  },
  sleep: {
    least: 3,
    most: 3,
    run({ server, keyspace }, args, reply) {
      server.sleep(Math.max(0, leadingNumber(args.text(2)) * 1000));
      keyspace.tick(server.clock.now());
      reply.ok();
    },
  },
};

export const debug = defineCommand({
  name: "DEBUG",
  group: "server",
  since: "1.0.0",
  summary: "Looks inside the server and makes it do what tests need",
  complexity: "Depends on the subcommand",
  syntax: "",
  arity: -2,
  flags: ["admin", "noscript", "loading", "stale"],
  categories: [],
  isSystem: true,
  run(context, args, reply) {
    const name = args.text(1).toLowerCase();
    const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
    if (subcommand === undefined || args.count < subcommand.least || args.count > subcommand.most) {
      throw new ReplyError(
        `ERR unknown subcommand or wrong number of arguments for '${
          args.shown(1).slice(0, 128)
        }'. Try DEBUG HELP.`,
      );
    }
    subcommand.run(context, args, reply);
  },
});
