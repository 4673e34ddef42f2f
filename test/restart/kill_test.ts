/**
 * Processes that are killed while clients write, again and again on the same files: nothing that was acknowledged may be
 * missing. What a process has handed to the kernel survives it, and a kill does not tear a write, so this is about the
 * order of writes and replies, and about rewrites that end anywhere. Power cuts are tested on a disk in memory, torn ends of
 * files, and transactions that they cut, in damage_test.ts.
 */
import { assert } from "@std/assert";
import { ConnectionClosed, type RespClient } from "../support/resp_client.ts";
import { freshSeed, Random } from "../fuzz/random.ts";
import { accurate, Folder, redeno } from "./folder.ts";
import { Queue } from "./queue.ts";
import { type Loss, Stream } from "./stream.ts";

/** As long as this the usual run goes on killing, in ms. */
const ALWAYS_MS = 4000;
const OTHER_MS = 800;
const ROUNDS_ACCURATE = 2000;
const STREAMS = 4;
const BALLAST_KEYS = 300;
const REPLIES_MAX = 1500;
/** What `everysec` promises. */
const LOSS_MS_MAX = 2000;

interface Figures {
  rounds: number;
  units: number;
  rewrites: number;
  lost: number;
  lostMs: number;
}

/** Lets go when so many replies have come. */
class Countdown {
  readonly reached: Promise<void>;
  #left: number;
  #resolve!: () => void;

  constructor(count: number) {
    this.#left = count;
    this.reached = new Promise((resolve) => this.#resolve = resolve);
  }

  readonly tell = (): void => {
    if (--this.#left === 0) this.#resolve();
  };
}

/** The end of the connection is what is waited for; anything else is a failure. */
async function untilGone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ConnectionClosed)) throw error;
  }
}

class Killing {
  readonly figures: Figures = { rounds: 0, units: 0, rewrites: 0, lost: 0, lostMs: 0 };
  readonly #policy: string;
  readonly #folder: Folder;
  readonly #random: Random;
  readonly #streams: readonly Stream[];
  readonly #queues: readonly Queue[] = [new Queue("jobs"), new Queue("waiting", "moved")];

  constructor(policy: string, folder: Folder, random: Random) {
    this.#policy = policy;
    this.#folder = folder;
    this.#random = random;
    this.#streams = Array.from(
      { length: STREAMS },
      (_, i) => new Stream(`c${i}`, i % 3, new Random(random.uint32())),
    );
  }

  /** Starts a server, compares what it has with what was acknowledged before, lets clients write, and kills it. */
  async round(): Promise<void> {
    const random = this.#random;
    await using program = await this.#folder.start(redeno, [
      ...["--appendonly", "yes", "--appendfsync", this.#policy],
      ...["--aof-use-rdb-preamble", random.pick(["yes", "no"])],
      ...["--auto-aof-rewrite-min-size", "20kb", "--auto-aof-rewrite-percentage", "50"],
      ...["--rdb-key-save-delay", random.pick(["0", "100", "400"])],
    ]);
    const clients: RespClient[] = [];
    const connect = async () => {
      const client = await program.connect();
      clients.push(client);
      return client;
    };
    const control = await connect();
    try {
      await this.#check(control);
      if (this.figures.rounds === 0) await this.#ballast(control);
      for (const queue of this.#queues) await queue.empty(control);
      const countdown = new Countdown(random.between(1, REPLIES_MAX));
      const working = [
        ...this.#streams.map(async (stream) => stream.write(await connect(), countdown.tell)),
        ...this.#queues.flatMap((queue) => [
          (async () => queue.push(await connect(), countdown.tell))(),
          (async () => queue.take(await connect(), countdown.tell))(),
        ]),
      ].map(untilGone);
      if (random.oneIn(2)) {
        await control.send(["BGREWRITEAOF"]);
        if (random.oneIn(2)) await control.send(["BGSAVE", "SCHEDULE"]);
        this.figures.rewrites++;
      }
      await Promise.race([countdown.reached, Promise.all(working)]);
      this.figures.units += this.#streams.reduce((sum, { answered }) => sum + answered, 0);
      await program.stop("SIGKILL");
      await Promise.all(working);
      this.figures.rounds++;
    } finally {
      for (const client of clients) client.close();
    }
  }

  async #check(client: RespClient): Promise<void> {
    if (this.figures.rounds === 0) return;
    const losses: Loss[] = [];
    for (const one of [...this.#streams, ...this.#queues]) losses.push(await one.check(client));
    const { figures } = this;
    figures.lost += losses.reduce((sum, { units }) => sum + units, 0);
    figures.lostMs = Math.max(figures.lostMs, ...losses.map(({ ms }) => ms));
  }

  /** Something that makes snapshots take their time. */
  async #ballast(client: RespClient): Promise<void> {
    const words = Array.from({ length: BALLAST_KEYS }, (_, i) => [`ballast:${i}`, "b".repeat(50)]).flat();
    await client.send(["MSET", ...words]);
  }

  [Symbol.dispose](): void {
    for (const stream of this.#streams) stream[Symbol.dispose]();
  }
}

async function kill(policy: string, ms: number): Promise<Figures> {
  const seed = Number(Deno.env.get("SEED") ?? freshSeed());
  await using folder = await Folder.make();
  using killing = new Killing(policy, folder, new Random(seed));
  const { figures } = killing;
  const began = performance.now();
  try {
    while (accurate ? figures.rounds < ROUNDS_ACCURATE : performance.now() - began < ms) {
      await killing.round();
    }
    // The last one is looked at, too.
    await killing.round();
  } catch (error) {
    throw new Error(`appendfsync ${policy}, SEED=${seed}, round ${figures.rounds}`, { cause: error });
  }
  const { rounds, units, rewrites, lost, lostMs } = figures;
  console.log(
    `appendfsync ${policy}, SEED=${seed}: killed ${rounds} times, ${rewrites} times beside a rewrite; ${units} units ` +
      `acknowledged, ${lost} lost, written in ${Math.round(lostMs)} ms`,
  );
  return figures;
}

Deno.test("with appendfsync always no acknowledged write is lost when the process is killed", async () => {
  const { lost, rounds } = await kill("always", ALWAYS_MS);
  assert(rounds > 1);
  assert(lost === 0, `${lost} units`);
});

for (const policy of ["everysec", "no"]) {
  Deno.test(`with appendfsync ${policy} a killed process loses at most two seconds`, async () => {
    const { lostMs } = await kill(policy, OTHER_MS);
    assert(lostMs <= LOSS_MS_MAX, `${lostMs} ms`);
  });
}
