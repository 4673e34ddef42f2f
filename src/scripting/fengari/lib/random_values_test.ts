/** Random values through cjson and cmsgpack, and input with mistakes in it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { showing } from "../../../../test/compat/lua_libraries.ts";
import { randomLibrarySnippet, randomValue } from "../../../../test/compat/lua_library_values.ts";
import { freshSeed, Random } from "../../../../test/fuzz/random.ts";
import { LuaRunner } from "./testing.ts";

/** Every error that wrong input or arguments may lead to. */
const ERROR = new RegExp(
  '^false, "(user_script:\\d+: )?(Expected .* but found .* at character \\d+|Missing bytes in input.|' +
    "Bad data format in input.|table index is (nil|NaN)|JSON parser does not support UTF-16 or UTF-32|" +
    "Cannot serialise table: excessively sparse array|bad argument #\\d+ to '\\w+' \\(.*\\)|" +
    'integral size .*|alignment \\d+ is not a power of 2)"$',
  "s",
);

Deno.test("random values come back from cmsgpack as they went in", () => {
  const seed = freshSeed();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const lua = new LuaRunner();
  for (let i = 0; i < 150; i++) {
    // MessagePack has nil only, which a table cannot hold.
    const before = `local v = ${randomValue(random).replaceAll("cjson.null", "true")}`;
    const expected = lua.run(showing("v, v", before));
    const returned = lua.run(showing("cmsgpack.unpack(cmsgpack.pack(v, v))", before));
    assert(returned === expected, `value ${i} of seed ${seed}: ${before.slice(0, 200)}`);
  }
});

Deno.test("what cjson encodes is the same after decoding and encoding it again", () => {
  const seed = freshSeed();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const lua = new LuaRunner();
  let encoded = 0;
  for (let i = 0; i < 150; i++) {
    const before = `cjson.encode_sparse_array(true) local v = ${randomValue(random)}`;
    const once = lua.run(showing("cjson.encode(v)", before));
    encoded += once.startsWith("true") ? 1 : 0;
    assertEquals(
      lua.run(showing("cjson.encode(cjson.decode(cjson.encode(v)))", before)),
      once,
      `seed ${seed}`,
    );
  }
  assertEquals(encoded, 150);
});

Deno.test("random input gives a value or one of the original's errors", () => {
  const seed = freshSeed();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const lua = new LuaRunner();
  let refused = 0;
  for (let i = 0; i < 1000; i++) {
    const snippet = randomLibrarySnippet(random);
    const shown = lua.run(snippet);
    if (shown.startsWith("true")) continue;
    refused++;
    assertMatch(shown, ERROR, `seed ${seed}: ${snippet}`);
  }
  assert(refused > 50 && refused < 750, `${refused} of 1000 refused, seed ${seed}`);
});
