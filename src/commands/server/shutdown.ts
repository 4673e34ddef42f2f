/** SHUTDOWN: the server ends. */
import type { Args } from "../../args.ts";
import { defineCommand } from "../../command.ts";
import { busy, ReplyError, syntaxError } from "../../errors.ts";

const nothingToAbort = new ReplyError("ERR No shutdown in progress.");
const cannotEnd = new ReplyError("ERR Errors trying to SHUTDOWN. Check logs.");

type Save = "if configured" | "yes" | "no";

interface Wish {
  save: Save;
  /** Does not wait for replicas: there are none yet. */
  now: boolean;
  /** Ends even when saving fails. */
  force: boolean;
  abort: boolean;
}

function readWish(args: Args): Wish {
  const wish: Wish = { save: "if configured", now: false, force: false, abort: false };
  for (let i = 1; i < args.count; i++) {
    if (args.is(i, "nosave") && wish.save !== "yes") wish.save = "no";
    else if (args.is(i, "save") && wish.save !== "no") wish.save = "yes";
    else if (args.is(i, "now")) wish.now = true;
    else if (args.is(i, "force")) wish.force = true;
    else if (args.is(i, "abort")) wish.abort = true;
    else throw syntaxError;
  }
  if (wish.abort && args.count > 2) throw syntaxError;
  return wish;
}

export const shutdown = defineCommand({
  name: "SHUTDOWN",
  group: "server",
  since: "1.0.0",
  summary: "Ends the server",
  complexity: "O(1)",
  syntax: "[NOSAVE | SAVE] [NOW] [FORCE] [ABORT]",
  arity: -1,
  flags: ["admin", "noscript", "loading", "stale", "no_multi", "allow_busy"],
  categories: [],
  run({ server }, args) {
    const { save, force, abort } = readWish(args);
    // It ends at once, so there is never a moment in which it could be called off.
    if (abort) throw nothingToAbort;
    if (save !== "no" && server.dispatcher.isSuspended) throw busy;
    if (!server.shutdown({ save, force })) throw cannotEnd;
  },
});
