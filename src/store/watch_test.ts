import { assertEquals } from "@std/assert";
import { Slice, utf8 } from "../sys/bytes.ts";
import { Random } from "../sys/random.ts";
import { Keyspace } from "./keyspace.ts";
import { Watcher } from "./watch.ts";

// What the reference does with dead keys and databases that change places is compared in test/compat.

function setUp(...present: string[]) {
  const keyspace = new Keyspace({ databases: 3, random: new Random(1), now: 1000 });
  const slice = (name: string) => new Slice(utf8(name));
  const set = (name: string, database = 0) =>
    keyspace.databases[database]!.setString(slice(name), slice("value"));
  for (const name of present) set(name);
  const watching = (...names: string[]) => {
    const watcher = new Watcher();
    for (const name of names) keyspace.watches.watch(watcher, keyspace.databases[0]!, slice(name));
    return watcher;
  };
  const isTouched = (watcher: Watcher) => keyspace.watches.isTouched(watcher);
  const dying = (name: string, database = 0) => {
    set(name, database);
    keyspace.databases[database]!.setExpireAt(slice(name), 1010);
  };
  return { keyspace, slice, set, watching, isTouched, dying, databases: keyspace.databases };
}

Deno.test("a watcher is touched when one of its keys changes, and no other one is", () => {
  const { set, watching, isTouched } = setUp("a", "b");
  const [ab, b, c] = [watching("a", "b"), watching("b"), watching("c")];
  set("a");
  assertEquals([ab, b, c].map(isTouched), [true, false, false]);
  set("c");
  assertEquals([ab, b, c].map(isTouched), [true, false, true]);
  set("b", 1);
  assertEquals(isTouched(b), false, "the same name in another database is another key");
});

Deno.test("nobody listens to the keyspace while no key is watched", () => {
  const { keyspace, set, watching } = setUp("a");
  const quiet = () => keyspace.listeners.changed === undefined && keyspace.watches.isEmpty;
  assertEquals(quiet(), true);
  const [first, second] = [watching("a", "b"), watching("a")];
  keyspace.watches.release(first);
  assertEquals(quiet(), false);
  set("a");
  assertEquals(quiet(), true, "who is touched watches no more");
  assertEquals(second.touched, true);
  watching();
  assertEquals(quiet(), true);
});

Deno.test("a watcher that is released is not touched by what comes, nor by what was", () => {
  const { keyspace, set, watching, isTouched, slice, databases } = setUp();
  const watcher = watching("a", "a", "b");
  assertEquals(watcher.watches.length, 2, "a key is watched once");
  set("a");
  keyspace.watches.watch(watcher, databases[0]!, slice("c"));
  assertEquals(watcher.watches.length, 0, "who is touched need not watch");
  keyspace.watches.release(watcher);
  set("b");
  assertEquals(isTouched(watcher), false);
});

Deno.test("a key that comes to its end touches, removed or not; one that was dead before does not", () => {
  const { keyspace, watching, isTouched, slice, dying, databases } = setUp();
  dying("k");
  const early = watching("k");
  keyspace.tick(2000);
  assertEquals(isTouched(early), true);
  const late = watching("k");
  assertEquals(isTouched(late), false);
  assertEquals(databases[0]!.read(slice("k")), 0, "it is removed now");
  assertEquals(early.touched, true);
  assertEquals(isTouched(late), false);
  databases[0]!.setString(slice("k"), slice("new"));
  assertEquals(isTouched(late), true);
});

Deno.test("emptying a database touches who watches a key that was there", () => {
  const { watching, isTouched, dying, keyspace, databases } = setUp("a");
  dying("dead");
  keyspace.tick(2000);
  const [there, absent, dead] = [watching("a"), watching("x"), watching("dead")];
  databases[0]!.flush(false);
  assertEquals([there, absent, dead].map(isTouched), [true, false, false]);
});

Deno.test("databases that change places touch who watches a key that is in one of them", () => {
  const { watching, isTouched, set, dying, keyspace } = setUp("a");
  set("b", 1);
  dying("dies", 1);
  keyspace.tick(2000);
  const [first, second, neither, dead] = [watching("a"), watching("b"), watching("c"), watching("dies")];
  keyspace.swap(0, 2);
  assertEquals([first, second, neither].map(isTouched), [true, false, false]);
  keyspace.swap(0, 1);
  assertEquals([second, neither, dead].map(isTouched), [true, false, false]);
  keyspace.databases[0]!.flush(false);
  assertEquals(isTouched(dead), false, "what came dead may go");
});

Deno.test("a thousand keys and their watchers come and go", () => {
  const { keyspace, watching, set } = setUp();
  const names = Array.from({ length: 1000 }, (_, i) => `key:${i}`);
  const watchers = [watching(...names), watching(...names.slice(500))];
  set("key:700");
  assertEquals(watchers.map(({ touched }) => touched), [true, true]);
  const third = watching(...names);
  assertEquals(keyspace.watches.bytesOf(third) > 64_000, true);
  keyspace.watches.release(third);
  assertEquals(keyspace.watches.isEmpty, true);
  assertEquals(keyspace.watches.bytesOf(third), 0);
});
