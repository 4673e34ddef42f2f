/** LATENCY: what took long and when (the latency monitor), and how long commands take (histograms). */
import { type CommandSpec, defineCommand, helpCommand } from "../../command.ts";
import type { Command, CommandTable } from "../../command_table.ts";
import { ReplyError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { LatencyHistogram } from "../../sys/latency_histogram.ts";
import { drawLatency } from "./latency_graph.ts";

/** The first bound of a histogram, in nanoseconds. */
const FIRST_BOUND = 1024;
/** The last one that the reference has. */
const LAST_BOUND = 2 ** 30;

const shared = {
  group: "server",
  since: "2.8.13",
  flags: ["admin", "noscript", "loading", "stale"],
  categories: [],
} as const;
const tips = ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"] as const;

/** Those of a name: a command, a subcommand as `config|get`, or all subcommands of a container. */
function commandsNamed(table: CommandTable, name: string): readonly Command[] {
  const command = table.getFull(name);
  if (command === undefined) return [];
  return command.subcommands.length > 0 ? command.subcommands : [command];
}

/**
 * A bound as the reference names it, in microseconds: by the last value that its buckets, 128 to a doubling and none beyond
 * a second, do not tell from it.
 */
function nameOf(nanoseconds: number): number {
  const more = nanoseconds >= LAST_BOUND ? 0 : nanoseconds / 128;
  return Math.floor((nanoseconds + more - 1) / 1000);
}

function writeHistogram(name: string, latency: LatencyHistogram, reply: Reply): void {
  const bounds: [number, number][] = [];
  let before = 0;
  for (const [bound, count] of latency.cumulative()) {
    const nanoseconds = bound * 1000;
    if (nanoseconds < FIRST_BOUND || count === before) continue;
    before = count;
    bounds.push([nameOf(nanoseconds), count]);
  }
  reply.bulkText(name);
  reply.map(2);
  reply.bulkText("calls");
  reply.integer(latency.total);
  reply.bulkText("histogram_usec");
  reply.map(bounds.length);
  for (const [bound, count] of bounds) {
    reply.integer(bound);
    reply.integer(count);
  }
}

const subcommands: readonly CommandSpec[] = [
  defineCommand({
    ...shared,
    tips,
    name: "DOCTOR",
    summary: "Says what the samples of the latency monitor tell, and what may help",
    complexity: "O(1)",
    syntax: "",
    arity: 2,
    run: ({ server }, _args, reply) => reply.verbatim(server.observation.latency.advise()),
  }),
  defineCommand({
    ...shared,
    tips,
    name: "GRAPH",
    summary: "Draws the samples of an event",
    complexity: "O(1)",
    syntax: "event",
    arity: 3,
    run({ server }, args, reply) {
      const event = server.observation.latency.event(args.text(2));
      if (event === undefined) {
        throw new ReplyError(`ERR No samples available for event '${args.shown(2)}'`);
      }
      reply.verbatim(drawLatency(event, Math.floor(server.clock.now() / 1000)));
    },
  }),
  helpCommand(shared, "LATENCY", [
    "DOCTOR",
    "    What the samples tell, in words.",
    "GRAPH <event>",
    "    The samples of an event, drawn.",
    "HISTORY <event>",
    "    The samples of an event: unix time and milliseconds.",
    "LATEST",
    "    Of each event the time of the last sample, its milliseconds, and the most there ever were.",
    "RESET [<event> ...]",
    "    Forget the samples of some events, or of all.",
    "HISTOGRAM [<command> ...]",
    "    How many calls of commands took at most how many microseconds; of all commands unless some are named.",
  ]),
  defineCommand({
    ...shared,
    tips,
    name: "HISTOGRAM",
    since: "7.0.0",
    summary: "Counts for commands how many calls took at most how long",
    complexity: "O(N) where N is the number of commands with latency information being retrieved.",
    syntax: "[command [command ...]]",
    arity: -2,
    run({ server }, args, reply) {
      const { commands } = server;
      const asked: Command[] = [];
      if (args.count === 2) {
        for (const command of commands.all) asked.push(command, ...command.subcommands);
      }
      for (let i = 2; i < args.count; i++) asked.push(...commandsNamed(commands, args.text(i)));
      const called = asked.filter(({ latency }) => latency !== undefined);
      reply.map(called.length);
      for (const { name, latency } of called) writeHistogram(name, latency!, reply);
    },
  }),
  defineCommand({
    ...shared,
    tips,
    name: "HISTORY",
    summary: "Lists the samples of an event",
    complexity: "O(1)",
    syntax: "event",
    arity: 3,
    run({ server }, args, reply) {
      const samples = server.observation.latency.event(args.text(2))?.samples ?? [];
      reply.array(samples.length);
      for (const { at, ms } of samples) {
        reply.array(2);
        reply.integer(at);
        reply.integer(ms);
      }
    },
  }),
  defineCommand({
    ...shared,
    tips,
    name: "LATEST",
    summary: "Tells of each event when it last took long",
    complexity: "O(1)",
    syntax: "",
    arity: 2,
    run({ server }, _args, reply) {
      const events = [...server.observation.latency.events()];
      reply.array(events.length);
      for (const { name, samples, maxMs } of events) {
        const { at, ms } = samples.at(-1)!;
        reply.array(4);
        reply.bulkText(name);
        reply.integer(at);
        reply.integer(ms);
        reply.integer(maxMs);
      }
    },
  }),
  defineCommand({
    ...shared,
    name: "RESET",
    summary: "Forgets the samples of some events or of all",
    complexity: "O(1)",
    syntax: "[event [event ...]]",
    arity: -2,
    tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
    run({ server }, args, reply) {
      const { latency } = server.observation;
      let forgotten = args.count === 2 ? latency.reset() : 0;
      for (let i = 2; i < args.count; i++) forgotten += latency.reset(args.text(i));
      reply.integer(forgotten);
    },
  }),
];

export const latency = defineCommand({
  name: "LATENCY",
  group: "server",
  since: "2.8.13",
  summary: "Tells what took long, and how long commands take",
  complexity: "Depends on the subcommand",
  syntax: "",
  arity: -2,
  flags: [],
  categories: [],
  subcommands,
});
