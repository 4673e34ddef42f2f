/** OBJECT: how a value is kept, and when it was used. */
import type { Context } from "../../context.ts";
import { type CommandSpec, defineCommand, helpCommand, key } from "../../command.ts";
import { ReplyError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { Ref } from "../../store/memory/arena.ts";
import { Encoding, encodingName } from "../../store/memory/entry.ts";
import { parseSafeInteger } from "../../store/numbers/int64.ts";
import { withValue } from "../../store/rdb/swapped_value.ts";
import type { Slice } from "../../sys/bytes.ts";

const noFrequency = new ReplyError(
  "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
);
const noIdleTime = new ReplyError(
  "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
);
/** What REFCOUNT tells of values that are never freed. */
const SHARED_REFCOUNT = 2147483647;
/** Integers below this are shared between keys. */
const SHARED_INTEGERS = 10_000;

/** Finds the key, as if nobody had looked, and writes the reply; nil when there is none. */
function inspect({ db, keyspace }: Context, name: Slice, reply: Reply, tell: (ref: Ref) => void): void {
  const ref = db.find(name);
  if (ref === 0) {
    keyspace.misses++;
    return reply.nil();
  }
  keyspace.hits++;
  tell(ref);
}

/** Whether the reference would keep the value as one of its shared integers. */
function isShared({ db, server }: Context, ref: Ref): boolean {
  if (db.encodingOf(ref) !== Encoding.int) return false;
  const value = withValue(db.keyspace, ref, () => {
    const { bytes, start, end } = db.stringAt(ref);
    return parseSafeInteger(bytes, start, end);
  });
  if (!(value >= 0 && value < SHARED_INTEGERS)) return false;
  // Shared values have no access clock of their own, which these policies need.
  const evictsByUse = /lru|lfu/.test(server.settings.get("maxmemory-policy") ?? "");
  return server.settings.number("maxmemory") === 0 || !evictsByUse;
}

/** How often the reference would refer to a value. */
export function referenceCount(context: Context, ref: Ref): number {
  return isShared(context, ref) ? SHARED_REFCOUNT : 1;
}

const inspection = {
  group: "generic",
  since: "2.2.3",
  complexity: "O(1)",
  syntax: "key",
  arity: 3,
  flags: ["readonly"],
  categories: ["keyspace"],
  keys: [key(2, "RO")],
  leavesValues: true,
  tips: ["nondeterministic_output"],
} as const;

const subcommands: readonly CommandSpec[] = [
  defineCommand({
    ...inspection,
    name: "ENCODING",
    summary: "Names the encoding in which a value is kept",
    run: (context, args, reply) =>
      inspect(
        context,
        args.at(2),
        reply,
        (ref) => reply.bulkText(encodingName(context.db.encodingOf(ref))),
      ),
  }),
  defineCommand({
    ...inspection,
    name: "FREQ",
    since: "4.0.0",
    summary: "Tells the counter of a key's uses, which grows logarithmically",
    run: (context, args, reply) =>
      inspect(context, args.at(2), reply, (ref) => {
        const { access } = context.keyspace;
        if (!access.lfu) throw noFrequency;
        reply.integer(access.frequency(context.db.accessOf(ref)));
      }),
  }),
  defineCommand({
    ...inspection,
    name: "IDLETIME",
    summary: "Tells how many seconds ago a key was last used",
    run: (context, args, reply) =>
      inspect(context, args.at(2), reply, (ref) => {
        const { access } = context.keyspace;
        if (access.lfu) throw noIdleTime;
        reply.integer(access.idleSeconds(context.db.accessOf(ref)));
      }),
  }),
  defineCommand({
    ...inspection,
    name: "REFCOUNT",
    summary: "Tells how often a value is referred to",
    run: (context, args, reply) =>
      inspect(
        context,
        args.at(2),
        reply,
        (ref) => reply.integer(referenceCount(context, ref)),
      ),
  }),
  helpCommand({ group: "generic", since: "6.2.0", categories: ["keyspace"] }, "OBJECT", [
    "ENCODING <key>",
    "    The name of the encoding in which the value of <key> is kept.",
    "FREQ <key>",
    "    The counter of uses of <key>, which grows with their logarithm and decays.",
    "IDLETIME <key>",
    "    The seconds that have passed since <key> was last used.",
    "REFCOUNT <key>",
    "    The number of references to the value of <key>.",
  ]),
];

export const object = defineCommand({
  name: "OBJECT",
  group: "generic",
  since: "2.2.3",
  summary: "Holds the commands that look at values from inside",
  complexity: "That of the subcommand",
  syntax: "",
  arity: -2,
  flags: [],
  categories: [],
  subcommands,
});
