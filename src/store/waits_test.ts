import { assert, assertEquals } from "@std/assert";
import { latin1, Slice } from "../sys/bytes.ts";
import { type Wait, WaitRegistry } from "./waits.ts";

/** A registry, what each key holds, and who was served what, in order. */
function waiting() {
  const waits = new WaitRegistry();
  const stock = new Map<string, number>();
  const served: string[] = [];
  const change = (key: string, database = 0) => waits.keyChanged(database, new Slice(latin1(key)));
  return {
    waits,
    served,
    change,
    put(key: string, count: number) {
      stock.set(key, (stock.get(key) ?? 0) + count);
      change(key);
    },
    wait(name: string, keys: string[], then?: () => void, database = 0): Wait {
      const wait: Wait = {
        database,
        keys,
        serve(key) {
          const count = stock.get(key) ?? 0;
          if (count === 0) return false;
          stock.set(key, count - 1);
          served.push(`${name} ${key}`);
          then?.();
          return true;
        },
      };
      waits.add(wait);
      return wait;
    },
  };
}

Deno.test("those who wait for a key are served first come, first served, as far as it reaches", () => {
  const { waits, wait, put, served } = waiting();
  for (const name of ["a", "b", "c"]) wait(name, ["k"]);
  put("k", 2);
  waits.serve();
  assertEquals(served, ["a k", "b k"]);
  assertEquals(waits.size, 1);
  put("k", 5);
  waits.serve();
  assertEquals(served, ["a k", "b k", "c k"]);
  assertEquals(waits.size, 0);
});

Deno.test("who waits for several keys is served once, from the one that changed first", () => {
  const { waits, wait, put, served } = waiting();
  wait("a", ["x", "y", "z"]);
  put("z", 1);
  put("x", 1);
  waits.serve();
  assertEquals(served, ["a z"]);
  assertEquals(waits.size, 0);
});

Deno.test("a change that brings nothing leaves everybody in line", () => {
  const { waits, wait, put, change, served } = waiting();
  wait("a", ["k"]);
  wait("b", ["k"]);
  change("k");
  assert(waits.hasReady);
  waits.serve();
  assert(!waits.hasReady);
  assertEquals(served, []);
  put("k", 1);
  waits.serve();
  assertEquals(served, ["a k"]);
});

Deno.test("being served may change the key that another waits for", () => {
  const { waits, wait, put, served } = waiting();
  wait("mover", ["from"], () => put("to", 1));
  wait("taker", ["to"]);
  put("from", 1);
  waits.serve();
  assertEquals(served, ["mover from", "taker to"]);
});

Deno.test("a wait that was ended is asked no more, and ends only once", () => {
  const { waits, wait, put, served } = waiting();
  const gone = wait("gone", ["k", "k2"]);
  wait("b", ["k"]);
  waits.remove(gone);
  waits.remove(gone);
  assertEquals(waits.size, 1);
  put("k", 2);
  waits.serve();
  assertEquals(served, ["b k"]);
});

Deno.test("a key named twice has its client in line once", () => {
  const { waits, wait, put, served } = waiting();
  wait("a", ["k", "k"]);
  put("k", 2);
  waits.serve();
  assertEquals(served, ["a k"]);
  assertEquals(waits.size, 0);
});

Deno.test("the same name in another database is another key", () => {
  const { waits, wait, put, served } = waiting();
  wait("a", ["k"], undefined, 1);
  put("k", 1);
  assert(!waits.hasReady);
  waits.databaseChanged(0);
  assert(!waits.hasReady);
  waits.databaseChanged(1);
  waits.serve();
  assertEquals(served, ["a k"]);
});

Deno.test("keys that nobody waits for are not noted, whatever bytes they have", () => {
  const { waits, wait, change, put, served } = waiting();
  wait("a", ["1:k\xff\0"]);
  change("k");
  change("other");
  assert(!waits.hasReady);
  put("1:k\xff\0", 1);
  waits.serve();
  assertEquals(served, ["a 1:k\xff\0"]);
});
