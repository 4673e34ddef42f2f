/** `--bigkeys` and `--memkeys`: which keys have the most elements, or take the most memory, type by type. */
import { SessionError } from "../byte_stream.ts";
import { quoteText } from "../format_reply.ts";
import type { NetworkSession } from "../network_session.ts";
import type { ReplyValue } from "../reply_value.ts";
import { askAll, keyCount, pagesOfKeys, textOf } from "./key_walk.ts";
import type { ModeContext } from "./modes.ts";
import { Progress } from "../progress.ts";
import type { Mode } from "./settings.ts";

type SearchMode = Extract<Mode, { kind: "bigkeys" | "memkeys" }>;

/** What is known of the keys of a type. */
interface TypeTotals {
  readonly name: string;
  /** The command that tells a key's size, and what it counts; undefined: nobody knows. */
  readonly sizeCommand: string | undefined;
  readonly unit: string;
  biggest: { readonly key: string; readonly size: number } | undefined;
  size: number;
  count: number;
}

/** In the order in which redis-cli lists them. */
const KNOWN_TYPES: readonly (readonly [name: string, sizeCommand: string, unit: string])[] = [
  ["list", "LLEN", "items"],
  ["hash", "HLEN", "fields"],
  ["string", "STRLEN", "bytes"],
  ["stream", "XLEN", "entries"],
  ["set", "SCARD", "members"],
  ["zset", "ZCARD", "members"],
];

const HEADER = `
# Scanning the entire keyspace to find biggest keys as well as
# average sizes per key type.  You can use -i 0.1 to sleep 0.1 sec
# per 100 SCAN commands (not usually needed).

`;

/** Runs the mode; the exit code. */
export async function findBigKeys(
  { settings, world, open }: ModeContext,
  mode: SearchMode,
): Promise<number> {
  using session = await open();
  const { terminal } = world;
  const total = await keyCount(session);
  terminal.print(HEADER);
  using progress = new Progress(terminal, world.showsProgress, { label: "Keys", total });
  const printed = (print: (line: string) => void) => (line: string) => {
    progress.hide();
    print(line);
  };
  const search = new BigKeySearch(
    session,
    mode,
    total,
    printed(terminal.print),
    printed(terminal.printError),
  );
  for await (const keys of pagesOfKeys(session, settings)) {
    await search.look(keys);
    progress.show(search.sampled);
  }
  progress.hide();
  terminal.print(search.summary());
  return 0;
}

class BigKeySearch {
  readonly #session: NetworkSession;
  /** The words around a key of a command that tells its memory; undefined: its elements are counted. */
  readonly #memory: { readonly behind: readonly string[] } | undefined;
  readonly #total: number;
  readonly #print: (line: string) => void;
  readonly #warn: (line: string) => void;
  readonly #types: Map<string, TypeTotals>;
  sampled = 0;
  #keyBytes = 0;

  constructor(
    session: NetworkSession,
    mode: SearchMode,
    total: number,
    print: (line: string) => void,
    warn: (line: string) => void,
  ) {
    this.#session = session;
    this.#memory = mode.kind === "bigkeys"
      ? undefined
      : { behind: mode.samples === undefined ? [] : ["SAMPLES", String(mode.samples)] };
    this.#total = total;
    this.#print = print;
    this.#warn = warn;
    this.#types = new Map(
      KNOWN_TYPES.map(([name, sizeCommand, unit]) => [name, typeTotals(name, sizeCommand, unit)]),
    );
  }

  /** Looks at a page of keys. @throws SessionError */
  async look(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const types = (await askAll(this.#session, keys.map((key) => ["TYPE", key]))).map((reply, i) => {
      if (reply.kind === "error") throw new SessionError(`TYPE returned an error: ${reply.text}`);
      if (reply.kind !== "status") {
        throw new SessionError(`Invalid reply type (${reply.kind}) for TYPE on key '${keys[i]}'!`);
      }
      // A key may be gone by now.
      return reply.text === "none" ? undefined : this.#typeCalled(reply.text);
    });
    const sizes = await this.#sizesOf(keys, types);
    const share = percent(this.#total === 0 ? 0 : this.sampled / this.#total);
    for (const [i, key] of keys.entries()) {
      const type = types[i];
      if (type !== undefined) this.#count(type, key, sizes[i]!, share);
    }
  }

  /** A type of a module's has elements that nobody can count. */
  #typeCalled(name: string): TypeTotals {
    let type = this.#types.get(name);
    if (type === undefined) this.#types.set(name, type = typeTotals(name, undefined, "?"));
    return type;
  }

  async #sizesOf(
    keys: readonly string[],
    types: readonly (TypeTotals | undefined)[],
  ): Promise<number[]> {
    const sizes = keys.map(() => 0);
    const asked: number[] = [];
    const commands: string[][] = [];
    for (const [i, key] of keys.entries()) {
      const command = this.#memory ? ["MEMORY", "USAGE", key, ...this.#memory.behind] : [
        types[i]?.sizeCommand ?? "",
        key,
      ];
      if (types[i] === undefined || command[0] === "") continue;
      asked.push(i);
      commands.push(command);
    }
    const replies = await askAll(this.#session, commands);
    for (const [j, i] of asked.entries()) sizes[i] = this.#sizeIn(replies[j]!, keys[i]!, commands[j]![0]!);
    return sizes;
  }

  /** A key that is gone, or is of another type by now, has none. */
  #sizeIn(reply: ReplyValue, key: string, command: string): number {
    if (reply.kind === "integer") return Number(textOf(reply));
    const what = this.#memory ? "MEMORY USAGE" : command;
    this.#warn(`Warning:  ${what} on '${key}' failed (may have changed type)\n`);
    return 0;
  }

  /** @param share how much had been looked at before this page, in percent */
  #count(type: TypeTotals, key: string, size: number, share: string): void {
    type.size += size;
    type.count++;
    this.#keyBytes += key.length;
    this.sampled++;
    if (size > (type.biggest?.size ?? 0)) {
      type.biggest = { key, size };
      this.#print(
        `[${share}] Biggest ${type.name.padEnd(6)} found so far '${quoteText(key)}' with ${size} ${
          this.#unit(type)
        }\n`,
      );
    }
    if (this.sampled % 1_000_000 === 0) this.#print(`[${share}] Sampled ${this.sampled} keys so far\n`);
  }

  #unit(type: TypeTotals): string {
    return this.#memory ? "bytes" : type.unit;
  }

  summary(): string {
    const types = [...this.#types.values()];
    const lines = [
      "",
      "-------- summary -------",
      "",
      `Sampled ${this.sampled} keys in the keyspace!`,
      `Total key length in bytes is ${this.#keyBytes} (avg len ${average(this.#keyBytes, this.sampled)})`,
      "",
      ...types.flatMap((type) =>
        type.biggest === undefined || type.size === 0 ? [] : [
          `Biggest ${type.name.padStart(6)} found '${quoteText(type.biggest.key)}' has ${type.biggest.size} ${
            this.#unit(type)
          }`,
        ]
      ),
      "",
      ...types.map((type) =>
        `${type.count} ${type.name}s with ${type.size} ${this.#unit(type)} (${
          percent(this.sampled === 0 ? 0 : type.count / this.sampled)
        } of keys, avg size ${average(type.size, type.count)})`
      ),
    ];
    return lines.join("\n") + "\n";
  }
}

function typeTotals(name: string, sizeCommand: string | undefined, unit: string): TypeTotals {
  return { name, sizeCommand, unit, biggest: undefined, size: 0, count: 0 };
}

/** As `05.00%`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2).padStart(5, "0")}%`;
}

function average(sum: number, count: number): string {
  return (count === 0 ? 0 : sum / count).toFixed(2);
}
