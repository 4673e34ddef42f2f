/** XGROUP: consumer groups and consumers are made, moved and removed. */
import type { Args } from "../../args.ts";
import { type CommandSpec, defineCommand, helpCommand, key } from "../../command.ts";
import { ReplyError } from "../../errors.ts";
import type { Database } from "../../store/database.ts";
import { type ConsumerGroup, type Count, ENTRIES_READ_UNKNOWN } from "../../store/stream/consumer_group.ts";
import { createStream, type Stream, writeStream } from "../../store/stream/stream.ts";
import { StreamId } from "../../store/stream/stream_id.ts";
import { createConsumer, noGroupOfKey, readCount, unknownOrArity } from "./groups.ts";
import { readId } from "./ids.ts";

const noSuchStream = new ReplyError(
  "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.",
);
const negativeEntriesRead = new ReplyError("ERR value for ENTRIESREAD must be positive or -1");
const groupExists = new ReplyError("BUSYGROUP Consumer Group name already exists");

const KEY = 2;
const GROUP = 3;
const ID = 4;
const CONSUMER = 4;

const id = new StreamId();

interface PositionOptions {
  makesStream: boolean;
  entriesRead: Count;
}

/** What stands behind the id. @throws ReplyError when it is wrong */
function readPositionOptions(args: Args, mayMakeStream: boolean): PositionOptions {
  const options: PositionOptions = { makesStream: false, entriesRead: ENTRIES_READ_UNKNOWN };
  for (let i = ID + 1; i < args.count; i++) {
    if (mayMakeStream && args.is(i, "mkstream")) options.makesStream = true;
    else if (args.is(i, "entriesread") && i + 1 < args.count) {
      options.entriesRead = readCount(args, ++i);
      if (options.entriesRead < 0 && options.entriesRead !== ENTRIES_READ_UNKNOWN) throw negativeEntriesRead;
    } else throw unknownOrArity(args);
  }
  return options;
}

/** Points {@link id} at the id that the request gives; `$` is the last one of the stream. */
function readPosition(args: Args, stream: Stream | undefined): void {
  if (!args.is(ID, "$")) readId(args, ID, id);
  else if (stream === undefined) id.setMin();
  else id.set(stream.lastId);
}

function needStream(db: Database, args: Args): Stream {
  const stream = writeStream(db, args.at(KEY));
  if (stream === undefined) throw noSuchStream;
  return stream;
}

function needGroupOf(stream: Stream, args: Args): ConsumerGroup {
  const group = stream.groups.get(args.text(GROUP));
  if (group === undefined) throw noGroupOfKey(args, KEY, GROUP);
  return group;
}

const shared = {
  group: "stream",
  since: "5.0.0",
  complexity: "O(1)",
  categories: ["stream"],
} as const;

const create = defineCommand({
  ...shared,
  name: "CREATE",
  summary: "Makes a consumer group",
  syntax: "key groupname <id | $> [MKSTREAM] [ENTRIESREAD entries_read]",
  arity: -5,
  flags: ["write", "denyoom"],
  keys: [key(KEY, "RW", "insert")],
  run({ db, keyspace }, args, reply) {
    const { makesStream, entriesRead } = readPositionOptions(args, true);
    const name = args.at(KEY);
    let stream = makesStream ? writeStream(db, name) : needStream(db, args);
    if (args.count > 8) throw unknownOrArity(args);
    readPosition(args, stream);
    if (stream?.groups.has(args.text(GROUP)) === true) throw groupExists;
    const isNew = stream === undefined;
    stream ??= createStream(db, name);
    stream.createGroup(args.text(GROUP), id, entriesRead);
    reply.ok();
    if (isNew) db.changed(name);
    else keyspace.dirty++;
    db.event("t", "xgroup-create", name);
  },
});

const setid = defineCommand({
  ...shared,
  name: "SETID",
  summary: "Sets the id behind which a consumer group goes on to read",
  syntax: "key groupname <id | $> [ENTRIESREAD entries_read]",
  arity: -5,
  flags: ["write"],
  keys: [key(KEY, "RW", "update")],
  run({ db, keyspace }, args, reply) {
    const { entriesRead } = readPositionOptions(args, false);
    const stream = needStream(db, args);
    const group = needGroupOf(stream, args);
    if (args.count > 7) throw unknownOrArity(args);
    // Unlike CREATE it takes the ends of ranges, too.
    if (args.is(ID, "-")) id.setMin();
    else if (args.is(ID, "+")) id.setMax();
    else readPosition(args, stream);
    group.lastId.set(id);
    group.entriesRead = entriesRead;
    reply.ok();
    keyspace.dirty++;
    db.event("t", "xgroup-setid", args.at(KEY));
  },
});

const destroy = defineCommand({
  ...shared,
  name: "DESTROY",
  summary: "Removes a consumer group with all that is pending in it",
  complexity: "O(N) with N entries that are pending in the group",
  syntax: "key groupname",
  arity: 4,
  flags: ["write"],
  keys: [key(KEY, "RW", "delete")],
  run({ db, keyspace }, args, reply) {
    if (!needStream(db, args).destroyGroup(args.text(GROUP))) return reply.integer(0);
    const name = args.at(KEY);
    reply.integer(1);
    keyspace.dirty++;
    db.event("t", "xgroup-destroy", name);
    // Nobody who watches the key is told, but those who wait for the group are.
    if (keyspace.waits.size > 0) keyspace.waits.keyChanged(db.id, name);
  },
});

const createconsumer = defineCommand({
  ...shared,
  name: "CREATECONSUMER",
  since: "6.2.0",
  summary: "Makes a consumer of a group",
  syntax: "key groupname consumername",
  arity: 5,
  flags: ["write", "denyoom"],
  keys: [key(KEY, "RW", "insert")],
  run(context, args, reply) {
    const group = needGroupOf(needStream(context.db, args), args);
    const name = args.text(CONSUMER);
    if (group.findConsumer(name) !== undefined) return reply.integer(0);
    createConsumer(context, args.at(KEY), group, name);
    reply.integer(1);
  },
});

const delconsumer = defineCommand({
  ...shared,
  name: "DELCONSUMER",
  summary: "Removes a consumer of a group with all that is pending at it",
  syntax: "key groupname consumername",
  arity: 5,
  flags: ["write"],
  keys: [key(KEY, "RW", "delete")],
  run({ db, keyspace }, args, reply) {
    const pending = needGroupOf(needStream(db, args), args).deleteConsumer(args.text(CONSUMER));
    reply.integer(Math.max(0, pending));
    if (pending < 0) return;
    keyspace.dirty++;
    db.event("t", "xgroup-delconsumer", args.at(KEY));
  },
});

const subcommands: readonly CommandSpec[] = [
  create,
  createconsumer,
  delconsumer,
  destroy,
  helpCommand(shared, "XGROUP", [
    "CREATE <key> <groupname> <id|$> [option]",
    "    Make a consumer group that reads what is behind an id; $ is the last one. Options are:",
    "    * MKSTREAM",
    "      Make an empty stream when there is no key.",
    "    * ENTRIESREAD entries_read",
    "      How many entries the group is to count as read.",
    "CREATECONSUMER <key> <groupname> <consumer>",
    "    Make a consumer of the group.",
    "DELCONSUMER <key> <groupname> <consumer>",
    "    Remove a consumer of the group, and what is pending at it.",
    "DESTROY <key> <groupname>",
    "    Remove the group, and what is pending in it.",
    "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
    "    Have the group go on behind another id.",
  ]),
  setid,
];

export const xgroup = defineCommand({
  name: "XGROUP",
  group: "stream",
  since: "5.0.0",
  summary: "Holds the commands that manage consumer groups",
  complexity: "That of the subcommand",
  syntax: "",
  arity: -2,
  flags: [],
  categories: [],
  subcommands,
});
