/**
 * What several clients do at once, in one of several forms that come to the same: with WATCH, with a lock, with scripts.
 * A scenario checks itself: while it runs where it can, and what it left behind at the end.
 */
import type { Plain } from "../../test/support/resp_value.ts";
import type { AskingConnection } from "./asking_connection.ts";
import { command } from "./pipelined_connection.ts";

/** What clients have counted. `done`: whole operations; `tries`: attempts, those that failed too; `waitMs`: of `waits`. */
export interface Tally {
  done: number;
  tries: number;
  waits: number;
  waitMs: number;
  /** Anything else that a scenario needs to check itself. */
  listed: number;
}

export function emptyTally(): Tally {
  return { done: 0, tries: 0, waits: 0, waitMs: 0, listed: 0 };
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies) {
    for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key];
  }
  return sum;
}

export interface ClientSetup {
  readonly connection: AskingConnection;
  readonly form: string;
  /** From 0; no two clients have the same. */
  readonly index: number;
  readonly role: string;
  /** Seen by all clients, also those in other threads; zero at first. */
  readonly shared: Int32Array;
}

export interface BenchmarkClient {
  readonly tally: Tally;
  /** One try, in the form that it was made for. */
  step(): Promise<void>;
  /** Clears away what a failed try has left. */
  finish?(): Promise<void>;
}

export interface Scenario {
  readonly forms: readonly string[];
  /** Fills an empty server. */
  prepare(connection: AskingConnection, roles: readonly string[]): Promise<void>;
  client(setup: ClientSetup): Promise<BenchmarkClient>;
  /** Throws when the server does not hold what it must after all that. @param tally since the server was empty */
  check(connection: AskingConnection, tally: Tally, roles: readonly string[]): Promise<void>;
}

/** A script that the server knows, to be called by its digest. */
export class LoadedScript {
  readonly #connection: AskingConnection;
  readonly #sha: string;

  private constructor(connection: AskingConnection, sha: string) {
    this.#connection = connection;
    this.#sha = sha;
  }

  static async load(connection: AskingConnection, source: string): Promise<LoadedScript> {
    return new LoadedScript(connection, String(await connection.ask(command("SCRIPT", "LOAD", source))));
  }

  call(keys: readonly string[], args: readonly string[]): Promise<Plain> {
    return this.#connection.ask(command("EVALSHA", this.#sha, String(keys.length), ...keys, ...args));
  }
}

const MULTI = command("MULTI");
const EXEC = command("EXEC");

/** Sends a transaction in one write; its replies, or null when a watched key had changed. */
export async function execute(
  connection: AskingConnection,
  commands: readonly string[],
): Promise<readonly Plain[] | null> {
  const replies = await connection.askAll(MULTI + commands.join("") + EXEC, commands.length + 2);
  return replies.at(-1) as readonly Plain[] | null;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
