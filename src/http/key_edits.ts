/** What the key browser can change: each edit is one command, so it is what a client could have sent as well. */
import { Refusal } from "./answers.ts";
import type { Input } from "./input.ts";
import type { PageClient } from "./page_client.ts";

type Word = string | number | Uint8Array;

/** The longest time to live: a hundred years, in ms. */
const TTL_MS_MAX = 100 * 365.25 * 24 * 3600 * 1000;
/** The longest list there can be. */
const INDEX_MAX = Number.MAX_SAFE_INTEGER;

/** The command of each edit; `key` is that which is looked at. */
const EDITS: Readonly<Record<string, (key: Uint8Array, input: Input) => readonly Word[]>> = {
  delete: (key) => ["DEL", key],
  rename: (key, input) => ["RENAMENX", key, input.bytes("to")],
  expire: (key, input) => ["PEXPIRE", key, input.integer("ttl", 0, TTL_MS_MAX)],
  persist: (key) => ["PERSIST", key],
  set: (key, input) => ["SET", key, input.bytes("value"), "KEEPTTL"],
  create: (key, input) => ["SET", key, input.bytes("value"), "NX"],
  setField: (key, input) => ["HSET", key, input.bytes("field"), input.bytes("value")],
  removeField: (key, input) => ["HDEL", key, input.bytes("field")],
  setItem: (key, input) => ["LSET", key, input.integer("index", 0, INDEX_MAX), input.bytes("value")],
  pushFirst: (key, input) => ["LPUSH", key, input.bytes("value")],
  pushLast: (key, input) => ["RPUSH", key, input.bytes("value")],
  /** The first of those that are equal to it. */
  removeItem: (key, input) => ["LREM", key, 1, input.bytes("value")],
  addMember: (key, input) => ["SADD", key, input.bytes("member")],
  removeMember: (key, input) => ["SREM", key, input.bytes("member")],
  setScore: (key, input) => ["ZADD", key, input.text("score"), input.bytes("member")],
  removeScored: (key, input) => ["ZREM", key, input.bytes("member")],
  addEntry: (key, input) => ["XADD", key, "*", ...input.list("fields")],
  removeEntry: (key, input) => ["XDEL", key, input.text("id")],
};

/** The edits whose answer 0 or nil says that nothing was done. */
const FAILURES: Readonly<Record<string, string>> = {
  rename: "A key of that name exists.",
  create: "A key of that name exists.",
  delete: "The key is gone.",
  expire: "The key is gone.",
};

/** Carries an edit out. @throws Refusal when there is no such edit @throws CommandFailed */
export async function editKey(client: PageClient, input: Input): Promise<{ done: boolean; error?: string }> {
  const name = input.text("action");
  const command = Object.hasOwn(EDITS, name) ? EDITS[name] : undefined;
  if (command === undefined) throw new Refusal(400, `There is no edit ${name}.`);
  const reply = await client.ask(...command(input.bytes("key"), input));
  const nothing = reply.kind === "nil" || (reply.kind === "integer" && reply.text === "0");
  const error = nothing ? FAILURES[name] : undefined;
  return error === undefined ? { done: true } : { done: false, error };
}
