import { assertEquals, assertStrictEquals } from "@std/assert";
import { latin1, Slice, utf8 } from "../sys/bytes.ts";
import type { Script } from "./engine.ts";
import { readHeader } from "./header.ts";
import { ScriptCache } from "./script_cache.ts";
import { sha1Hex } from "./sha1.ts";

const compiled = {} as Script;

function add(cache: ScriptCache, source: string) {
  return cache.add(utf8(source), readHeader(utf8(source)), compiled);
}

Deno.test("a script is found by its digest, in digits of either case, and by its source", () => {
  const cache = new ScriptCache();
  const kept = Array.from({ length: 500 }, (_, i) => add(cache, `return ${i}`));
  for (const script of kept) {
    assertEquals(script.sha, sha1Hex(script.source));
    for (const sha of [script.sha, script.sha.toUpperCase()]) {
      assertStrictEquals(cache.findBySha(new Slice(latin1(`>${sha}<`), 1, 41)), script);
    }
    assertStrictEquals(cache.findBySource(new Slice(script.source.slice())), script);
  }
  assertEquals(cache.size, 500);
  assertEquals(cache.sourceBytes, 10 * 8 + 90 * 9 + 400 * 10);
});

Deno.test("what is not a digest, or another source, finds nothing", () => {
  const cache = new ScriptCache();
  const { sha } = add(cache, "return 1");
  for (const text of ["", sha.slice(1), `${sha}0`, "z".repeat(40), `${sha.slice(0, 39)}z`, "0".repeat(40)]) {
    assertEquals(cache.findBySha(new Slice(latin1(text))), undefined, text);
  }
  for (const text of ["", "return 2", "return 1 ", "Return 1"]) {
    assertEquals(cache.findBySource(new Slice(latin1(text))), undefined, text);
  }
});

Deno.test("long sources that differ in one byte anywhere are told apart", () => {
  const cache = new ScriptCache();
  const source = `return '${"x".repeat(2000)}'`;
  const first = add(cache, source);
  for (let at = 8; at < 2000; at += 37) {
    const other = source.slice(0, at) + "y" + source.slice(at + 1);
    assertEquals(cache.findBySource(new Slice(utf8(other))), undefined);
    add(cache, other);
  }
  assertStrictEquals(cache.findBySource(new Slice(utf8(source))), first);
});

Deno.test("after it was cleared the cache knows nothing and takes nothing", () => {
  const cache = new ScriptCache();
  const { sha, source } = add(cache, "return 1");
  cache.clear();
  assertEquals(cache.findBySha(new Slice(latin1(sha))), undefined);
  assertEquals(cache.findBySource(new Slice(source)), undefined);
  assertEquals([cache.size, cache.sourceBytes, cache.compiledBytes], [0, 0, 0]);
});
