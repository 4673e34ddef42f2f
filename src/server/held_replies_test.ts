import { assertEquals } from "@std/assert";
import { HeldReplies } from "./held_replies.ts";

/** A file of which it is decided by hand when a sync ends. */
class Bench {
  written = 0;
  synced = 0;
  syncs = 0;
  readonly sent: string[] = [];
  #end: (() => void) | undefined;
  readonly held: HeldReplies;

  constructor() {
    // deno-lint-ignore no-this-alias
    const bench = this;
    this.held = new HeldReplies({
      get needsSync() {
        return bench.synced < bench.written;
      },
      syncAll: () => this.#sync(),
    });
  }

  #sync(): Promise<void> {
    const target = this.written;
    this.syncs++;
    return new Promise((resolve) => {
      this.#end = () => {
        this.synced = target;
        resolve();
      };
    });
  }

  client(name: string) {
    return { flush: () => void this.sent.push(name) };
  }

  /** The sync under way ends. */
  async syncEnds(): Promise<string[]> {
    this.#end!();
    for (let i = 0; i < 5; i++) await Promise.resolve();
    return this.sent.splice(0);
  }
}

Deno.test("those who come while a sync is under way wait for the next one, all together", async () => {
  const bench = new Bench();
  bench.written = 10;
  assertEquals(bench.held.isHolding, true);
  bench.held.hold([bench.client("a"), bench.client("b")]);
  bench.written = 20;
  bench.held.hold([bench.client("c")]);
  bench.written = 30;
  bench.held.hold([bench.client("d")]);
  assertEquals(bench.sent, []);
  assertEquals(await bench.syncEnds(), ["a", "b"]);
  assertEquals(await bench.syncEnds(), ["c", "d"]);
  assertEquals([bench.syncs, bench.held.isHolding], [2, false]);
});

Deno.test("who only reads while a sync is under way is answered when it has ended", async () => {
  const bench = new Bench();
  bench.written = 10;
  bench.held.hold([bench.client("writer")]);
  bench.held.hold([bench.client("reader")]);
  assertEquals(await bench.syncEnds(), ["writer", "reader"]);
  assertEquals(bench.syncs, 1);
});

Deno.test("who is given another reply while a sync is under way waits for the next one with both", async () => {
  const bench = new Bench();
  bench.written = 10;
  const client = bench.client("a");
  bench.held.hold([client, bench.client("b")]);
  bench.written = 20;
  bench.held.givenAgain(client);
  assertEquals(await bench.syncEnds(), ["b"]);
  assertEquals(await bench.syncEnds(), ["a"]);
});

Deno.test("what was synced by other means is sent at once", () => {
  const bench = new Bench();
  bench.written = 10;
  bench.held.hold([bench.client("a")]);
  bench.held.hold([bench.client("b")]);
  bench.synced = 10;
  bench.held.release();
  assertEquals(bench.sent, ["a", "b"]);
});
