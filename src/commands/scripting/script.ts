/** SCRIPT: the scripts that the server knows, and the one that runs for too long. */
import { defineCommand, helpCommand } from "../../command.ts";
import { ReplyError } from "../../errors.ts";

const flushSyntax = new ReplyError("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
const debugSyntax = new ReplyError("ERR Use SCRIPT DEBUG YES/SYNC/NO");
const inTransaction = new ReplyError("ERR SCRIPT DEBUG must be called outside a pipeline");

const shared = { group: "scripting", categories: ["scripting"] } as const;

export const script = defineCommand({
  ...shared,
  name: "SCRIPT",
  categories: [],
  since: "2.6.0",
  summary: "A container for commands that deal with scripts",
  complexity: "Depends on the subcommand",
  syntax: "",
  arity: -2,
  flags: [],
  subcommands: [
    defineCommand({
      ...shared,
      name: "DEBUG",
      since: "3.2.0",
      summary: "Sets how the scripts of this client are debugged",
      complexity: "O(1)",
      syntax: "<YES | SYNC | NO>",
      arity: 3,
      flags: ["noscript"],
      run({ client, server }, args, reply) {
        if (client.transaction !== undefined) throw inTransaction;
        if (args.is(2, "no")) server.scripting.debug(client, "no");
        else if (args.is(2, "yes")) server.scripting.debug(client, "copies");
        else if (args.is(2, "sync")) server.scripting.debug(client, "data");
        else throw debugSyntax;
        reply.ok();
      },
    }),
    defineCommand({
      ...shared,
      name: "EXISTS",
      since: "2.6.0",
      summary: "Tells which of some scripts, named by their SHA-1, the server knows",
      complexity: "O(N) where N is the number of scripts that are asked for",
      syntax: "sha1 [sha1 ...]",
      arity: -3,
      flags: ["noscript"],
      tips: ["request_policy:all_shards", "response_policy:agg_logical_and"],
      run({ server }, args, reply) {
        reply.array(args.count - 2);
        for (let i = 2; i < args.count; i++) reply.integer(server.scripting.knows(args.at(i)) ? 1 : 0);
      },
    }),
    defineCommand({
      ...shared,
      name: "FLUSH",
      since: "2.6.0",
      summary: "Forgets all scripts",
      complexity: "O(N) where N is the number of scripts",
      syntax: "[ASYNC | SYNC]",
      arity: -2,
      flags: ["noscript"],
      tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
      run({ server }, args, reply) {
        // Either way it is done at once: the memory is given back by the engine's collector.
        if (args.count > 3 || (args.count === 3 && !args.is(2, "async") && !args.is(2, "sync"))) {
          throw flushSyntax;
        }
        server.scripting.flush();
        reply.ok();
      },
    }),
    helpCommand({ ...shared, since: "5.0.0" }, "SCRIPT", [
      "DEBUG (YES|SYNC|NO)",
      "    How the scripts that this client runs are debugged.",
      "EXISTS <sha1> [<sha1> ...]",
      "    Which of these scripts the server knows.",
      "FLUSH [ASYNC|SYNC]",
      "    Forget all scripts.",
      "KILL",
      "    End the script that runs, if it has written nothing yet.",
      "LOAD <script>",
      "    Keep a script for EVALSHA, without running it.",
    ]),
    defineCommand({
      ...shared,
      name: "KILL",
      since: "2.6.0",
      summary: "Ends the script that runs, if it has written nothing yet",
      complexity: "O(1)",
      syntax: "",
      arity: 2,
      flags: ["noscript", "allow_busy"],
      tips: ["request_policy:all_shards", "response_policy:one_succeeded"],
      run({ server }, _args, reply) {
        server.scripting.kill();
        reply.ok();
      },
    }),
    defineCommand({
      ...shared,
      name: "LOAD",
      since: "2.6.0",
      summary: "Keeps a script for EVALSHA, without running it; gives its SHA-1",
      complexity: "O(N) where N is the length of the script",
      syntax: "script",
      arity: 3,
      flags: ["noscript", "stale"],
      tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
      run: ({ server }, args, reply) => reply.bulkText(server.scripting.load(args.at(2))),
    }),
  ],
});
