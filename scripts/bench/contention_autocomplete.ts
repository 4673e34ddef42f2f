/**
 * The first names of a guild that begin with some letters, from a sorted set in which all have the same score: two marks
 * are put around where they would stand, and what lies between is read. Forms: under WATCH, and one script. The marks are
 * taken away again, and whatever is read are the right names.
 */
import type { AskingConnection } from "./asking_connection.ts";
import {
  type BenchmarkClient,
  type ClientSetup,
  emptyTally,
  execute,
  LoadedScript,
  type Scenario,
} from "./contention_scenario.ts";
import { command } from "./pipelined_connection.ts";

const GUILD = "members:bench";
const MEMBERS = 2000;
const NAME_LETTERS = 6;
const PREFIX_LETTERS = 2;
const SHOWN_MAX = 10;
/** Letters before "a" and behind "z". */
const BEFORE = "`";
const BEHIND = "{";

const COMPLETE = `
local first, last = ARGV[1], ARGV[2]
redis.call('zadd', KEYS[1], 0, first, 0, last)
local from = redis.call('zrank', KEYS[1], first)
local to = math.min(from + tonumber(ARGV[3]) - 1, redis.call('zrank', KEYS[1], last) - 2)
redis.call('zrem', KEYS[1], first, last)
return redis.call('zrange', KEYS[1], from, to)
`;

/** The same names for everybody, sorted. */
const NAMES: readonly string[] = names();

function names(): string[] {
  const all = new Set<string>();
  for (let state = 1; all.size < MEMBERS;) {
    let name = "";
    for (let i = 0; i < NAME_LETTERS; i++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      // A third of the alphabet: every prefix has some names.
      name += String.fromCharCode(97 + (state >>> 16) % 9);
    }
    all.add(name);
  }
  return [...all].toSorted();
}

/** What each prefix is completed to: looked up, so that the load costs little. */
const NAMES_OF: ReadonlyMap<string, readonly string[]> = Map.groupBy(
  NAMES,
  (name) => name.slice(0, PREFIX_LETTERS),
);

/** What stands before all names with this prefix, and what behind them. */
function boundsOf(prefix: string): [string, string] {
  const last = prefix.charCodeAt(prefix.length - 1);
  const before = last === 97 ? BEFORE : String.fromCharCode(last - 1);
  return [prefix.slice(0, -1) + before + BEHIND, prefix + BEHIND];
}

class AutocompleteClient implements BenchmarkClient {
  readonly tally = emptyTally();
  readonly #connection: AskingConnection;
  readonly #script: LoadedScript | undefined;
  readonly #index: number;
  #calls = 0;
  /** The marks that are in the guild while tries fail. */
  #pending: { prefix: string; first: string; last: string } | undefined;

  constructor(connection: AskingConnection, index: number, script: LoadedScript | undefined) {
    this.#connection = connection;
    this.#index = index;
    this.#script = script;
  }

  async step(): Promise<void> {
    this.tally.tries++;
    const { prefix, first, last } = this.#pending ?? this.#next();
    const found = this.#script === undefined
      ? await this.#watched(prefix, first, last)
      : await this.#script.call([GUILD], [first, last, String(SHOWN_MAX)]) as string[];
    if (found === undefined) return;
    this.tally.done++;
    const right = NAMES_OF.get(prefix)!;
    // Marks of others may lie between, and take their places from names.
    const shown = found.filter((name) => !name.includes(BEHIND));
    const isShort = this.#script !== undefined && found.length < Math.min(SHOWN_MAX, right.length);
    if (isShort || shown.join() !== right.slice(0, shown.length).join()) {
      throw new Error(`wrong names for ${prefix}: ${found.join()}`);
    }
  }

  /** Letters to be completed, and marks that nobody else uses. */
  #next(): { prefix: string; first: string; last: string } {
    const name = NAMES[Math.floor(Math.random() * NAMES.length)]!;
    const prefix = name.slice(0, PREFIX_LETTERS);
    const mark = `${this.#index}-${this.#calls++}`;
    const [first, last] = boundsOf(prefix);
    return { prefix, first: first + mark, last: last + mark };
  }

  /** One try; undefined when the guild changed meanwhile. */
  async #watched(prefix: string, first: string, last: string): Promise<string[] | undefined> {
    const connection = this.#connection;
    if (this.#pending === undefined) {
      await connection.ask(command("ZADD", GUILD, "0", first, "0", last));
      this.#pending = { prefix, first, last };
    }
    await connection.ask(command("WATCH", GUILD));
    const from = Number(await connection.ask(command("ZRANK", GUILD, first)));
    const behind = Number(await connection.ask(command("ZRANK", GUILD, last)));
    const to = Math.min(from + SHOWN_MAX - 1, behind - 2);
    const replies = await execute(connection, [
      command("ZREM", GUILD, first, last),
      command("ZRANGE", GUILD, String(from), String(to)),
    ]);
    if (replies === null) return undefined;
    this.#pending = undefined;
    return replies[1] as string[];
  }

  /** Takes the marks of a try that failed away. */
  async finish(): Promise<void> {
    if (this.#pending === undefined) return;
    await this.#connection.ask(command("ZREM", GUILD, this.#pending.first, this.#pending.last));
    this.#pending = undefined;
  }
}

export const autocompleteScenario: Scenario = {
  forms: ["WATCH", "Lua"],
  async prepare(connection) {
    await connection.ask(command("ZADD", GUILD, ...NAMES.flatMap((name) => ["0", name])));
  },
  async client({ connection, form, index }: ClientSetup): Promise<BenchmarkClient> {
    const script = form === "Lua" ? await LoadedScript.load(connection, COMPLETE) : undefined;
    return new AutocompleteClient(connection, index, script);
  },
  async check(connection) {
    const members = await connection.ask(command("ZCARD", GUILD));
    if (members !== NAMES.length) throw new Error(`the guild has ${members} members, not ${NAMES.length}`);
  },
};
