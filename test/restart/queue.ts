/**
 * Queues between clients: numbers go in at one end, in order, while others wait at the other end. Whenever the server
 * dies, no number that was acknowledged may be missing, none may come twice, and none may be between the two lists of a
 * move.
 */
import { assert, assertEquals } from "@std/assert";
import { encodeCommands, plain, type RespClient } from "../support/resp_client.ts";
import { type Line, toArgs } from "../support/split_args.ts";
import { lostMs } from "./loss.ts";
import type { Loss } from "./stream.ts";

const DATABASE = "15";
const BATCH = 3;

export class Queue {
  readonly #list: string;
  /** Where numbers are moved to; without it they are taken away. */
  readonly #target: string | undefined;
  #pushed = 0;
  /** When each number was acknowledged, in ms of performance.now(). */
  #acknowledged: number[] = [];
  #taken = 0;

  constructor(list: string, target?: string) {
    this.#list = list;
    this.#target = target;
  }

  async empty(client: RespClient): Promise<void> {
    await client.send(["SELECT", DATABASE]);
    await client.send(["DEL", this.#list, `${this.#target}`]);
    this.#pushed = this.#taken = 0;
    this.#acknowledged = [];
  }

  /** Pushes until the server goes away: one by one, and several in a transaction. */
  async push(client: RespClient, told: () => void): Promise<void> {
    await client.send(["SELECT", DATABASE]);
    for (;;) {
      const lines: Line[] = [["RPUSH", this.#list, String(++this.#pushed)], ["MULTI"]];
      for (let i = 0; i < BATCH; i++) lines.push(["RPUSH", this.#list, String(++this.#pushed)]);
      await client.write(encodeCommands([...lines, ["EXEC"]].map(toArgs)));
      await client.receive();
      this.#acknowledged.push(performance.now());
      told();
      for (let i = 0; i < BATCH + 2; i++) await client.receive();
      for (let i = 0; i < BATCH; i++) this.#acknowledged.push(performance.now());
      told();
    }
  }

  /** Takes until the server goes away, waiting where there is nothing. */
  async take(client: RespClient, told: () => void): Promise<void> {
    await client.send(["SELECT", DATABASE]);
    const line = this.#target === undefined
      ? ["BLPOP", this.#list, "0"]
      : ["BLMOVE", this.#list, this.#target, "LEFT", "RIGHT", "0"];
    for (;;) {
      const reply = plain((await client.send(line)).value);
      const number = Array.isArray(reply) ? reply[1] : reply;
      assertEquals(number, String(this.#taken + 1), `what ${line[0]} took`);
      this.#taken++;
      told();
    }
  }

  /** How many numbers that were acknowledged are missing, and for how long they had been written. */
  async check(client: RespClient): Promise<Loss> {
    await client.send(["SELECT", DATABASE]);
    const numbers = async (list: string) =>
      (plain((await client.send(["LRANGE", list, "0", "-1"])).value) as string[]).map(Number);
    const left = await numbers(this.#list);
    const moved = this.#target === undefined ? undefined : await numbers(this.#target);
    const all = [...moved ?? [], ...left];
    const first = all[0] ?? this.#taken + 1;
    assertEquals(all, all.map((_, i) => first + i), "numbers are missing, or there twice");
    const last = first + all.length - 1;
    assert(last <= this.#pushed, `${last} was never pushed`);
    let missing = this.#acknowledged.slice(last);
    if (moved !== undefined) {
      assertEquals(first, 1, "numbers were lost on the move");
      assert(moved.length <= this.#taken + 1 || missing.length > 0, "more was moved than was asked for");
      if (moved.length < this.#taken && missing.length === 0) missing = [0];
    } else {
      assert(first <= this.#taken + 2, "numbers were taken that nobody has");
      if (first <= this.#taken && missing.length === 0) missing = [0];
      if (all.length === 0) missing = this.#acknowledged.slice(this.#taken + 1);
    }
    // In a transaction all or none are there: 1, 4, 1, 4, ...
    assert(left.length === 0 || last % (BATCH + 1) <= 1, `half a transaction: up to ${last}`);
    return { units: missing.length, ms: lostMs(missing) };
  }
}
