/**
 * The table `redis` that scripts see: what it holds, and how the functions read their arguments. What they do is the
 * runner's.
 */
import { latin1Text, NO_BYTES } from "../sys/bytes.ts";
import { REDIS_VERSION } from "../sys/version.ts";
import type { NativeFunction, NativeLibrary, ScriptStack } from "./engine.ts";
import { pushError } from "./reply_reader.ts";
import { textOf } from "./reply_writer.ts";
import { sha1Hex } from "./sha1.ts";

/** Who is to be told what a script writes, as bits. */
export const Replicate = { none: 0, aof: 1, replicas: 2, all: 3 } as const;

/** What the functions ask of whoever runs the script. */
export interface LibraryHost {
  /** redis.call and redis.pcall. @param raises whether errors end the script */
  call(stack: ScriptStack, raises: boolean): number;
  /** redis.acl_check_cmd. */
  isAllowed(stack: ScriptStack): number;
  setProtocol(version: 2 | 3): void;
  /** @param targets {@link Replicate} bits */
  setReplication(targets: number): void;
  /** @param level 0 (debug) to 3 (warning) @param text one character a byte */
  log(level: number, text: string): void;
}

const LOG_LEVEL_MAX = 3;
const ERR = "ERR ";

/** Raises an error whose text the reference gives the code ERR. */
export function raiseError(stack: ScriptStack, text: string): never {
  pushError(stack, ERR + text, false);
  stack.raise();
}

/** The library as scripts of a server see it. */
export function redisLibrary(host: LibraryHost): NativeLibrary {
  return {
    call: (stack) => host.call(stack, true),
    pcall: (stack) => host.call(stack, false),
    acl_check_cmd: (stack) => host.isAllowed(stack),
    error_reply: errorReply,
    status_reply: statusReply,
    log: (stack) => log(stack, host),
    LOG_DEBUG: 0,
    LOG_VERBOSE: 1,
    LOG_NOTICE: 2,
    LOG_WARNING: 3,
    sha1hex: sha1hex,
    setresp: (stack) => setResp(stack, host),
    set_repl: (stack) => setRepl(stack, host),
    REPL_NONE: Replicate.none,
    REPL_AOF: Replicate.aof,
    REPL_SLAVE: Replicate.replicas,
    REPL_REPLICA: Replicate.replicas,
    REPL_ALL: Replicate.all,
    replicate_commands: answering(true),
    breakpoint: answering(false),
    debug: () => 0,
    REDIS_VERSION,
    REDIS_VERSION_NUM: versionNumber(REDIS_VERSION),
  };
}

/** A version as a number: a byte for each part. */
function versionNumber(version: string): number {
  return version.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}

function answering(value: boolean): NativeFunction {
  return (stack) => {
    stack.pushBoolean(value);
    return 1;
  };
}

/** Whether there is one argument, a string; if not, the table of an error is pushed. */
function isOneString(stack: ScriptStack): boolean {
  if (stack.count === 1 && stack.type(1) === "string") return true;
  pushError(stack, `${ERR}wrong number or type of arguments`, false);
  return false;
}

function errorReply(stack: ScriptStack): number {
  if (!isOneString(stack)) return 1;
  const text = textOf(stack)!.replace(/^-/, "").replace(/\r\n$/, "");
  pushError(stack, text.includes(" ") ? text : ERR + text, false);
  return 1;
}

function statusReply(stack: ScriptStack): number {
  if (!isOneString(stack)) return 1;
  stack.pushTable(0, 1);
  stack.pushCopy(1);
  stack.setField(-2, "ok");
  return 1;
}

function log(stack: ScriptStack, host: LibraryHost): number {
  const { count } = stack;
  if (count < 2) raiseError(stack, "redis.log() requires two arguments or more.");
  const level = stack.toNumber(1);
  if (level === undefined) raiseError(stack, "First argument must be a number (log level).");
  const rank = Math.trunc(level);
  if (!(rank >= 0 && rank <= LOG_LEVEL_MAX)) raiseError(stack, "Invalid debug level.");
  let text = "";
  for (let i = 2; i <= count; i++) {
    const type = stack.type(i);
    if (type !== "string" && type !== "number") continue;
    if (i > 2) text += " ";
    text += type === "string" ? latin1Text(stack.toBytes(i)!) : stack.toText(i);
  }
  host.log(rank, text);
  return 0;
}

/** What is no string and no number counts as an empty one. */
function sha1hex(stack: ScriptStack): number {
  if (stack.count !== 1) raiseError(stack, "wrong number of arguments");
  const type = stack.type(1);
  if (type === "number") stack.pushText(sha1Hex(bytesOf(stack.toText(1))));
  else stack.pushText(sha1Hex(stack.toBytes(1) ?? NO_BYTES));
  return 1;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function setResp(stack: ScriptStack, host: LibraryHost): number {
  if (stack.count !== 1) raiseError(stack, "redis.setresp() requires one argument.");
  const version = Math.trunc(stack.toNumber(1) ?? 0);
  if (version !== 2 && version !== 3) raiseError(stack, "RESP version must be 2 or 3.");
  host.setProtocol(version);
  return 0;
}

function setRepl(stack: ScriptStack, host: LibraryHost): number {
  if (stack.count !== 1) raiseError(stack, "redis.set_repl() requires two arguments.");
  const targets = Math.trunc(stack.toNumber(1) ?? 0);
  if ((targets & ~Replicate.all) !== 0) {
    raiseError(stack, "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
  }
  host.setReplication(targets);
  return 0;
}
