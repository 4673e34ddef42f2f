/** MEMORY: what the data and the server take. */
import type { Args } from "../../args.ts";
import { type CommandSpec, defineCommand, helpCommand, key } from "../../command.ts";
import { syntaxError } from "../../errors.ts";
import { diagnose } from "./memory_doctor.ts";
import { writeMemoryStats } from "./memory_stats.ts";

const shared = { group: "server", since: "4.0.0", flags: [], categories: [] } as const;
const aboutTheServer = {
  tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
} as const;

/** Reads `SAMPLES count`; what a collection takes is known without looking at samples, so the count changes nothing. */
function checkSamples(args: Args): void {
  for (let i = 3; i < args.count; i += 2) {
    if (!args.is(i, "samples") || i + 1 >= args.count) throw syntaxError;
    if (args.integer(i + 1) < 0) throw syntaxError;
  }
}

const subcommands: readonly CommandSpec[] = [
  defineCommand({
    ...shared,
    ...aboutTheServer,
    name: "DOCTOR",
    summary: "Looks for trouble with memory and says what it found",
    complexity: "O(1)",
    syntax: "",
    arity: 2,
    run: ({ server, keyspace }, _args, reply) =>
      reply.verbatim(diagnose(server.memory(), keyspace.size, server.clients.size)),
  }),
  helpCommand(shared, "MEMORY", [
    "DOCTOR",
    "    What looks wrong with the use of memory.",
    "MALLOC-STATS",
    "    How full the arena of keys and values is.",
    "PURGE",
    "    Free what waits to be freed in the background.",
    "STATS",
    "    What memory is used for.",
    "USAGE <key> [SAMPLES <count>]",
    "    Bytes that a key and its value take.",
  ]),
  defineCommand({
    ...shared,
    ...aboutTheServer,
    name: "MALLOC-STATS",
    summary: "Tells how full the arena of keys and values is",
    complexity: "O(N) where N is the number of segments of the arena",
    syntax: "",
    arity: 2,
    run({ server }, _args, reply) {
      const { arenaUsed, arenaPages, arenaReserved, largeValues } = server.memory();
      reply.verbatim(
        `Arena: ${arenaUsed} bytes in blocks, ${arenaPages} in pages that hold blocks, ` +
          `${arenaReserved} reserved\nValues with buffers of their own: ${largeValues} bytes\n`,
      );
    },
  }),
  defineCommand({
    ...shared,
    name: "PURGE",
    summary:
      "Frees at once what waits to be freed in the background, and gives memory without use back to the system",
    complexity: "O(N) where N is the number of keys that wait",
    syntax: "",
    arity: 2,
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    run({ keyspace }, _args, reply) {
      keyspace.freeSome(() => true);
      // Twice: what stands idle now, and stood so before.
      for (let i = 0; i < 2; i++) keyspace.arena.releaseIdle();
      reply.ok();
    },
  }),
  defineCommand({
    ...shared,
    ...aboutTheServer,
    name: "STATS",
    summary: "Tells what memory is used for",
    complexity: "O(1)",
    syntax: "",
    arity: 2,
    run: ({ server, keyspace }, _args, reply) => {
      writeMemoryStats(server.memory(), keyspace.size, server.scripting.memory.sourceBytes, reply);
    },
  }),
  defineCommand({
    ...shared,
    name: "USAGE",
    summary: "Tells how many bytes a key and its value take",
    complexity: "O(1)",
    syntax: "key [SAMPLES count]",
    arity: -3,
    flags: ["readonly"],
    keys: [key(2, "RO")],
    leavesValues: true,
    run({ db }, args, reply) {
      checkSamples(args);
      const ref = db.findDeadOrAlive(args.at(2));
      if (ref === 0) reply.nil();
      else reply.integer(db.memoryOf(ref));
    },
  }),
];

export const memory = defineCommand({
  name: "MEMORY",
  group: "server",
  since: "4.0.0",
  summary: "Tells what memory is used for",
  complexity: "Depends on the subcommand",
  syntax: "",
  arity: -2,
  flags: [],
  categories: [],
  subcommands,
});
