/** EVAL and its kin: a script is run, given by its source or by the digest of a source that is known. */
import { defineCommand, type Flag, type KeySpec } from "../../command.ts";

const FLAGS: readonly Flag[] = ["noscript", "stale", "skip_monitor", "no_mandatory_keys", "movablekeys"];
const READ_ONLY_FLAGS: readonly Flag[] = ["readonly", ...FLAGS];
const COMPLEXITY = "That of the script";

const counted = { begin: { index: 2 }, find: { keynum: 0, firstKey: 1, step: 1 } } as const;
const changed: KeySpec = { ...counted, flags: ["RW", "access", "update"] };
const read: KeySpec = { ...counted, flags: ["RO", "access"] };
const WRITE_NOTES = "Nobody knows what the script does with its keys, so it may be anything: RW and UPDATE";
const READ_NOTES = "Nobody knows what the script does with its keys, so it may be anything: RO and ACCESS";

export const evalScript = defineCommand({
  name: "EVAL",
  group: "scripting",
  since: "2.6.0",
  summary: "Runs a Lua script",
  complexity: COMPLEXITY,
  syntax: "script numkeys [key ...] [arg ...]",
  arity: -3,
  flags: FLAGS,
  categories: ["scripting"],
  keys: [{ ...changed, notes: WRITE_NOTES }],
  run: (context, args) => context.server.scripting.evaluate(context, args, false, false),
});

export const evalReadOnly = defineCommand({
  name: "EVAL_RO",
  group: "scripting",
  since: "7.0.0",
  summary: "Runs a Lua script that must not write",
  complexity: COMPLEXITY,
  syntax: "script numkeys [key ...] [arg ...]",
  arity: -3,
  flags: READ_ONLY_FLAGS,
  categories: ["scripting"],
  keys: [{ ...read, notes: READ_NOTES }],
  run: (context, args) => context.server.scripting.evaluate(context, args, false, true),
});

export const evalSha = defineCommand({
  name: "EVALSHA",
  group: "scripting",
  since: "2.6.0",
  summary: "Runs a Lua script that the server knows, named by its SHA-1",
  complexity: COMPLEXITY,
  syntax: "sha1 numkeys [key ...] [arg ...]",
  arity: -3,
  flags: FLAGS,
  categories: ["scripting"],
  keys: [changed],
  run: (context, args) => context.server.scripting.evaluate(context, args, true, false),
});

export const evalShaReadOnly = defineCommand({
  name: "EVALSHA_RO",
  group: "scripting",
  since: "7.0.0",
  summary: "Runs a Lua script that the server knows and that must not write, named by its SHA-1",
  complexity: COMPLEXITY,
  syntax: "sha1 numkeys [key ...] [arg ...]",
  arity: -3,
  flags: READ_ONLY_FLAGS,
  categories: ["scripting"],
  keys: [read],
  run: (context, args) => context.server.scripting.evaluate(context, args, true, true),
});
