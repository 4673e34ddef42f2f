/**
 * A client that writes, and knows what it was told: a stream of random commands over keys of its own, in pipelines, of
 * which some were acknowledged when the server died. What the next server holds must be what the stream had made of the
 * keys at some moment that is not before the last acknowledgement, and never in the midst of a transaction.
 *
 * The moment is known by a counter that every other command sets. The model is a server in this process, which
 * carries out the same commands.
 */
import { assert, assertEquals } from "@std/assert";
import type { Random } from "../fuzz/random.ts";
import { encodeCommands, type Plain, plain, type RespClient } from "../support/resp_client.ts";
import { type Line, toArgs } from "../support/split_args.ts";
import { type TestServer, testServer } from "../support/test_server.ts";
import { lostMs } from "./loss.ts";

/** Times to live are multiples of this, which is longer than any test takes. */
const LIFETIME_SECONDS = 100_000;
const BATCH_MAX = 8;
const TYPES = ["str", "int", "float", "list", "hash", "set", "ints", "zset"];

/** What is carried out as a whole: one command, or a transaction. */
interface Unit {
  /** As they are sent. */
  readonly sent: readonly Line[];
  /** As the model carries them out; where chance decides, what came of it. */
  effect: readonly Line[];
  /** The set that SPOP takes one from, nobody knows which until it is answered. */
  readonly popsFrom?: string;
  /** When it was answered, in ms of performance.now(). */
  answeredAt?: number;
}

/** What a stream has lost when a server was killed. */
export interface Loss {
  /** Units that were answered and are not there. */
  readonly units: number;
  /** For how long clients had written them. */
  readonly ms: number;
}

export class Stream implements Disposable {
  readonly #name: string;
  readonly #database: number;
  readonly #random: Random;
  readonly #model: TestServer = testServer();
  readonly #keys: readonly string[];
  /** Units since the last server was started; those the model has carried out are not among them. */
  #units: Unit[] = [];
  #answered = 0;
  #count = 0;

  constructor(name: string, database: number, random: Random) {
    this.#name = name;
    this.#database = database;
    this.#random = random;
    this.#keys = TYPES.flatMap((type) => [`${name}:${type}:0`, `${name}:${type}:1`]);
  }

  [Symbol.dispose](): void {
    this.#model[Symbol.dispose]();
  }

  /** Units that were answered since the last server was started. */
  get answered(): number {
    return this.#answered;
  }

  /** Writes until the server goes away. @param told called after every answer */
  async write(client: RespClient, told: () => void): Promise<void> {
    await client.send(["SELECT", String(this.#database)]);
    for (;;) {
      const batch = this.#batch();
      this.#units.push(...batch);
      const lines = batch.flatMap((unit) => unit.sent);
      await client.write(encodeCommands(lines.map(toArgs)));
      for (const unit of batch) {
        let reply: Plain = null;
        for (let i = 0; i < unit.sent.length; i++) reply = plain((await client.receive()).value);
        if (unit.popsFrom !== undefined) {
          unit.effect = reply === null ? [] : [["SREM", unit.popsFrom, String(reply)]];
        }
        unit.answeredAt = performance.now();
        this.#answered++;
        told();
      }
    }
  }

  /** Compares what a new server holds with what the stream has written, and goes on from there. */
  async check(client: RespClient): Promise<Loss> {
    await client.send(["SELECT", String(this.#database)]);
    const answered = this.#answered;
    const counter = Number(plain((await client.send(["GET", `${this.#name}:count`])).value) ?? 0);
    // Behind the counter there may be one more unit, or not.
    let kept =
      this.#units.findLastIndex(({ sent }) => sent[0]![0] === "SET" && sent[0]![2] === String(counter)) + 1;
    if (counter > 0 && kept === 0) {
      assertEquals(counter, this.#counted, `${this.#name}: the counter is older than the last server`);
    }
    this.#carryOut(this.#units.slice(0, kept));
    this.#counted = counter;
    const real = await this.#state((line) => client.send(line).then(({ value }) => plain(value)));
    let own = await this.#modelState();
    const next = this.#units[kept];
    if (String(own) !== String(real) && next !== undefined) {
      if (next.answeredAt === undefined && next.popsFrom !== undefined) await this.#findPopped(client, next);
      this.#carryOut([next]);
      kept++;
      own = await this.#modelState();
    }
    assertEquals(
      real,
      own,
      `${this.#name} after ${kept} of ${this.#units.length} units, ${answered} answered; the last ones: ` +
        JSON.stringify(this.#units.slice(Math.max(0, kept - 2), kept + 2).map(({ sent }) => sent)),
    );
    // What is answered and changes nothing may be taken for lost, as nobody can tell.
    while (kept < answered && await this.#changesNothing(this.#units[kept]!)) kept++;
    const lost = this.#units.slice(kept, answered);
    this.#units = [];
    this.#answered = 0;
    return { units: lost.length, ms: lostMs(lost.map(({ answeredAt }) => answeredAt!)) };
  }

  /** The value of the counter that the model is at. */
  #counted = 0;

  #carryOut(units: readonly Unit[]): void {
    for (const { effect } of units) {
      for (const line of effect) {
        const reply = this.#model.send(line);
        assert(!/^(ERR|WRONGTYPE)/.test(String(reply)), `${JSON.stringify(line)}: ${reply}`);
      }
    }
  }

  async #changesNothing(unit: Unit): Promise<boolean> {
    if (unit.sent[0]![0] === "SET" && String(unit.sent[0]![1]).endsWith(":count")) return false;
    const before = String(await this.#modelState());
    this.#carryOut([unit]);
    return String(await this.#modelState()) === before;
  }

  /** An SPOP that was not answered has taken something all the same: what is missing in the set. */
  async #findPopped(client: RespClient, unit: Unit): Promise<void> {
    const key = unit.popsFrom!;
    const real = new Set(plain((await client.send(["SMEMBERS", key])).value) as string[]);
    const missing = (this.#model.send(["SMEMBERS", key]) as string[]).filter((member) => !real.has(member));
    assert(missing.length === 1, `SPOP took ${JSON.stringify(missing)}`);
    unit.effect = [["SREM", key, missing[0]!]];
  }

  #modelState(): Promise<unknown[]> {
    return this.#state((line) => Promise.resolve(this.#model.send(line)));
  }

  /** Signatures of all keys, and how long they live. */
  async #state(send: (line: Line) => Promise<Plain>): Promise<unknown[]> {
    const digests = await send(["DEBUG", "DIGEST-VALUE", ...this.#keys]) as string[];
    const lives: number[] = [];
    for (const key of this.#keys) {
      const ms = Number(await send(["PTTL", key]));
      lives.push(ms < 0 ? ms : Math.round(ms / 1000 / LIFETIME_SECONDS));
    }
    return this.#keys.map((key, i) => [key, digests[i], lives[i]]);
  }

  // ---- commands -------------------------------------------------------------------------------------------------

  #batch(): Unit[] {
    const units: Unit[] = [];
    for (let left = this.#random.between(1, BATCH_MAX); left > 0; left--) {
      const counter = ["SET", `${this.#name}:count`, String(++this.#count)];
      units.push({ sent: [counter], effect: [counter] });
      const unit = this.#unit();
      units.push(unit);
      // Whatever follows what nobody knows could not be told from it.
      if (unit.popsFrom !== undefined) break;
    }
    return units;
  }

  #unit(): Unit {
    const random = this.#random;
    if (random.oneIn(12)) {
      const popsFrom = this.#key("set");
      return { sent: [["SPOP", popsFrom]], effect: [], popsFrom };
    }
    if (random.oneIn(4)) {
      const queued = Array.from({ length: random.between(2, 6) }, () => this.#command());
      const lines = [["MULTI"], ...queued, ["EXEC"]];
      return { sent: lines, effect: queued };
    }
    const line = this.#command();
    return { sent: [line], effect: line[1] === `${this.#name}:brief` ? [] : [line] };
  }

  #key(type: string): string {
    return `${this.#name}:${type}:${this.#random.between(0, 1)}`;
  }

  #value(): string {
    const random = this.#random;
    if (random.oneIn(3)) return String(random.between(-1000, 100_000));
    return String.fromCharCode(random.between(97, 122)).repeat(
      random.oneIn(20) ? 300 : random.between(1, 70),
    );
  }

  #command(): string[] {
    const random = this.#random;
    const [value, other] = [this.#value(), this.#value()];
    const small = String(random.between(0, 30));
    const seconds = String(LIFETIME_SECONDS * random.between(1, 5));
    const anyKey = random.pick(this.#keys);
    return random.pick<() => string[]>([
      () => ["SET", this.#key("str"), value],
      () => ["SET", this.#key("str"), value, "EX", seconds],
      () => ["APPEND", this.#key("str"), value.slice(0, 10)],
      () => ["SETRANGE", this.#key("str"), small, value],
      () => ["SET", `${this.#name}:brief`, value, "PX", small === "0" ? "1" : small],
      () => ["INCRBY", this.#key("int"), small],
      () => ["INCRBYFLOAT", this.#key("float"), "0.1"],
      () => ["RPUSH", this.#key("list"), value, other],
      () => ["LPUSH", this.#key("list"), value],
      () => ["LPOP", this.#key("list"), "2"],
      () => ["LTRIM", this.#key("list"), "0", "200"],
      () => ["LMOVE", this.#key("list"), this.#key("list"), "LEFT", "RIGHT"],
      () => ["HSET", this.#key("hash"), small, value, `f${small}`, other],
      () => ["HINCRBYFLOAT", this.#key("hash"), "x", "1.5"],
      () => ["HDEL", this.#key("hash"), small],
      () => ["SADD", this.#key("set"), value, other],
      () => ["SREM", this.#key("set"), value],
      () => ["SADD", this.#key("ints"), String(random.between(0, 700)), small],
      () => ["SMOVE", this.#key("ints"), this.#key("ints"), small],
      () => ["ZADD", this.#key("zset"), String(random.between(0, 800) / 8), small, "1.5", value],
      () => ["ZINCRBY", this.#key("zset"), "0.25", small],
      () => ["ZPOPMIN", this.#key("zset"), "3"],
      () => ["EXPIRE", anyKey, seconds],
      () => ["PERSIST", anyKey],
      () => ["DEL", anyKey],
      () => ["SUNIONSTORE", this.#key("set"), this.#key("set"), this.#key("set")],
      () => ["COPY", `${this.#name}:zset:0`, `${this.#name}:zset:1`, "REPLACE"],
    ])();
  }
}
