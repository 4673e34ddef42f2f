import { assertEquals } from "@std/assert";
import { ManualClock } from "../sys/clock.ts";
import { HeldReplies } from "./held_replies.ts";

/** A file of which it is decided by hand when a sync beside ends, and an event loop of which it is when a turn does. */
class Bench {
  written = 0;
  synced = 0;
  syncsBeside = 0;
  syncsOnTheSpot = 0;
  fails = false;
  readonly sent: string[] = [];
  readonly held: HeldReplies;
  readonly #clock = new ManualClock();
  #endSync: (() => void) | undefined;
  #endTurn: (() => void) | undefined;

  /** @param syncMs how long a sync on the spot takes */
  constructor(syncMs: number) {
    // deno-lint-ignore no-this-alias
    const bench = this;
    const syncing = {
      get needsSync() {
        return bench.synced < bench.written;
      },
      syncAll: () => this.#sync(),
      syncNow: () => {
        if (this.fails) return false;
        this.syncsOnTheSpot++;
        this.#clock.advance(syncMs);
        this.synced = this.written;
        return true;
      },
    };
    this.held = new HeldReplies(syncing, this.#clock, () => {
      return new Promise((resolve) => {
        this.#endTurn = resolve;
      });
    });
  }

  /** One whose disk was slow lately, so that it syncs beside. */
  static async withSlowDisk(): Promise<Bench> {
    const bench = new Bench(100);
    bench.write("first");
    assertEquals(await bench.turnEnds(), ["first"]);
    return bench;
  }

  #sync(): Promise<void> {
    const target = this.written;
    this.syncsBeside++;
    return new Promise((resolve) => {
      this.#endSync = () => {
        this.synced = target;
        resolve();
      };
    });
  }

  client(name: string) {
    return { flush: () => void this.sent.push(name) };
  }

  /** Clients write something, and wait for their replies. */
  write(...names: string[]): void {
    this.written++;
    this.held.hold(names.map((name) => this.client(name)));
  }

  /** A turn of the event loop ends, and with it, when it has brought nobody, the gathering; who is answered then. */
  async turnEnds(): Promise<string[]> {
    this.#endTurn!();
    return await this.#sentSoon();
  }

  /** The sync under way ends, and a turn after it; who is answered by that. */
  async syncEnds(): Promise<string[]> {
    this.#endSync!();
    const sent = await this.#sentSoon();
    return [...sent, ...await this.turnEnds()];
  }

  async #sentSoon(): Promise<string[]> {
    for (let i = 0; i < 10; i++) await Promise.resolve();
    return this.sent.splice(0);
  }
}

Deno.test("one sync serves all who come in turns that follow each other", async () => {
  const bench = new Bench(0.1);
  bench.write("a");
  assertEquals(bench.held.isHolding, true);
  bench.write("b");
  assertEquals(await bench.turnEnds(), []);
  bench.write("c");
  assertEquals(await bench.turnEnds(), []);
  assertEquals(await bench.turnEnds(), ["a", "b", "c"]);
  assertEquals([bench.syncsOnTheSpot, bench.held.isHolding], [1, false]);
});

Deno.test("those who never cease to come do not keep the others waiting", async () => {
  const bench = new Bench(0.1);
  const sent: string[] = [];
  bench.write("first");
  for (let turns = 0; turns < 30 && sent.length === 0; turns++) {
    bench.write(`client ${turns}`);
    sent.push(...await bench.turnEnds());
  }
  assertEquals(sent.length, 9);
});

Deno.test("a disk that is slow is waited for beside", async () => {
  const bench = await Bench.withSlowDisk();
  bench.write("a");
  assertEquals(await bench.turnEnds(), []);
  assertEquals([bench.syncsOnTheSpot, bench.syncsBeside], [1, 1]);
  assertEquals(await bench.syncEnds(), ["a"]);
});

Deno.test("those who come while a sync is under way wait for the next one, all together", async () => {
  const bench = await Bench.withSlowDisk();
  bench.write("a", "b");
  await bench.turnEnds();
  bench.write("c");
  bench.write("d");
  assertEquals(await bench.syncEnds(), ["a", "b"]);
  assertEquals(await bench.syncEnds(), ["c", "d"]);
  assertEquals([bench.syncsBeside, bench.held.isHolding], [2, false]);
});

Deno.test("who only reads while a sync is under way is answered when it has ended", async () => {
  const bench = await Bench.withSlowDisk();
  bench.write("writer");
  await bench.turnEnds();
  bench.held.hold([bench.client("reader")]);
  assertEquals(await bench.syncEnds(), ["writer", "reader"]);
  assertEquals(bench.syncsBeside, 1);
});

Deno.test("who is given another reply while a sync is under way waits for the next one with both", async () => {
  const bench = await Bench.withSlowDisk();
  bench.written++;
  const client = bench.client("a");
  bench.held.hold([client, bench.client("b")]);
  await bench.turnEnds();
  bench.written++;
  bench.held.givenAgain(client);
  assertEquals(await bench.syncEnds(), ["b"]);
  assertEquals(await bench.syncEnds(), ["a"]);
});

Deno.test("what was synced by other means is sent at once", () => {
  const bench = new Bench(0.1);
  bench.write("a");
  bench.write("b");
  bench.synced = bench.written;
  bench.held.release();
  assertEquals(bench.sent, ["a", "b"]);
});

Deno.test("nobody is told anything when a sync has failed", async () => {
  const bench = new Bench(0.1);
  bench.fails = true;
  bench.write("a");
  assertEquals(await bench.turnEnds(), []);
  bench.held.hold([bench.client("reader")]);
  assertEquals([bench.held.isHolding, bench.sent], [true, []]);
});
