/** BITFIELD and BITFIELD_RO: a string as an array of integers of any width. */
import type { Args } from "../../args.ts";
import { defineCommand, key } from "../../command.ts";
import type { Context } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { Encoding } from "../../store/memory/entry.ts";
import { Slice } from "../../sys/bytes.ts";
import { bitOffset } from "./arguments.ts";
import {
  converted,
  type FieldType,
  fieldType,
  increased,
  type Overflow,
  readField,
  writeField,
} from "./field.ts";

const badOverflow = new ReplyError("ERR Invalid OVERFLOW type specified");
const onlyGet = new ReplyError("ERR BITFIELD_RO only supports the GET subcommand");

interface Operation {
  readonly kind: "get" | "set" | "incrby";
  readonly type: FieldType;
  readonly offset: number;
  /** The value to set, or the increment. */
  readonly operand: number | bigint;
  readonly overflow: Overflow;
}

function readOperations(context: Context, args: Args): Operation[] {
  const operations: Operation[] = [];
  let overflow: Overflow = "wrap";
  for (let i = 2; i < args.count;) {
    const more = args.count - i - 1;
    if (args.is(i, "overflow") && more >= 1) {
      overflow = overflowMode(args, i + 1);
      i += 2;
      continue;
    }
    const kind = kindOf(args, i);
    if (kind === undefined || more < (kind === "get" ? 2 : 3)) throw syntaxError;
    const type = fieldType(args, i + 1);
    const offset = bitOffset(context, args, i + 2, type.width);
    const operand = kind === "get" ? 0 : integerOf(args, i + 3);
    operations.push({ kind, type, offset, operand, overflow });
    i += kind === "get" ? 3 : 4;
  }
  return operations;
}

function kindOf(args: Args, i: number): Operation["kind"] | undefined {
  if (args.is(i, "get")) return "get";
  if (args.is(i, "set")) return "set";
  return args.is(i, "incrby") ? "incrby" : undefined;
}

function overflowMode(args: Args, i: number): Overflow {
  if (args.is(i, "wrap")) return "wrap";
  if (args.is(i, "sat")) return "sat";
  if (args.is(i, "fail")) return "fail";
  throw badOverflow;
}

/** A number where that is exact. */
function integerOf(args: Args, i: number): number | bigint {
  const value = args.integer(i);
  return Number.isSafeInteger(value) ? value : args.bigInteger(i);
}

function answer(reply: Reply, value: number | bigint): void {
  if (typeof value === "number") reply.integer(value);
  else reply.bigInteger(value);
}

function readOnly({ db }: Context, args: Args, operations: readonly Operation[], reply: Reply): void {
  const value = db.readString(args.at(1)) ?? new Slice();
  reply.array(operations.length);
  for (const { type, offset } of operations) answer(reply, readField(value, offset, type));
}

function readAndWrite({ db, keyspace }: Context, args: Args, operations: readonly Operation[], reply: Reply) {
  const name = args.at(1);
  const ref = db.write(name);
  const oldLength = ref === 0 ? 0 : db.stringAt(ref).length;
  let length = oldLength;
  for (const { kind, type, offset } of operations) {
    if (kind !== "get") length = Math.max(length, Math.floor((offset + type.width - 1) / 8) + 1);
  }
  const grows = ref === 0 || length > oldLength;
  if (!grows) {
    db.aboutToChange(ref);
    db.setEncoding(ref, Encoding.raw);
  }
  // It grows before the first value is known to fit, but counts as changed only when one was written.
  const value = grows ? db.resizeString(name, ref, length, true) : db.stringAt(ref);
  let changes = 0;
  reply.array(operations.length);
  for (const { kind, type, offset, operand, overflow } of operations) {
    const old = readField(value, offset, type);
    if (kind === "get") {
      answer(reply, old);
      continue;
    }
    const written = kind === "set"
      ? converted(operand, type, overflow)
      : increased(old, operand, type, overflow);
    if (written === undefined) {
      reply.nil();
      continue;
    }
    writeField(value, offset, type, written);
    // deno-lint-ignore eqeqeq -- one of them may be a bigint
    if (grows || written != old) changes++;
    answer(reply, kind === "set" ? old : written);
  }
  if (changes === 0) return;
  db.changed(name);
  keyspace.dirty += changes - 1;
  db.event("$", "setbit", name);
}

export const bitfield = defineCommand({
  name: "BITFIELD",
  group: "bitmap",
  since: "3.2.0",
  summary: "Reads, sets and increments integers of any width inside the string stored at a key",
  complexity: "O(1) for each operation",
  syntax:
    "key [GET encoding offset | OVERFLOW mode | SET encoding offset value | INCRBY encoding offset increment]",
  arity: -2,
  flags: ["write", "denyoom"],
  categories: ["bitmap"],
  keys: [{
    ...key(1, "RW", "access", "update", "variable_flags"),
    notes: "A request that only reads does not change the key",
  }],
  run(context, args, reply) {
    const operations = readOperations(context, args);
    const reads = operations.every(({ kind }) => kind === "get");
    if (reads) readOnly(context, args, operations, reply);
    else readAndWrite(context, args, operations, reply);
  },
});

export const bitfieldRo = defineCommand({
  name: "BITFIELD_RO",
  group: "bitmap",
  since: "6.0.0",
  summary: "Reads integers of any width inside the string stored at a key",
  complexity: "O(1) for each operation",
  syntax: "key [GET encoding offset [GET encoding offset ...]]",
  arity: -2,
  flags: ["readonly", "fast"],
  categories: ["bitmap"],
  keys: [key(1, "RO", "access")],
  run(context, args, reply) {
    const operations = readOperations(context, args);
    if (operations.some(({ kind }) => kind !== "get")) throw onlyGet;
    readOnly(context, args, operations, reply);
  },
});
