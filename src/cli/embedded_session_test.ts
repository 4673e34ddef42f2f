import { assertEquals } from "@std/assert";
import { EmbeddedSession, type EmbeddedSessionOptions } from "./embedded_session.ts";
import type { ReplyValue } from "./reply_value.ts";

function open(options: Partial<EmbeddedSessionOptions> = {}): Promise<EmbeddedSession> {
  return EmbeddedSession.open({
    rdb: undefined,
    database: 0,
    protocol: 2,
    records: false,
    verbose: false,
    canBeInterrupted: false,
    onPush() {},
    onLog() {},
    ...options,
  });
}

Deno.test("a session records what was written, when it is asked to", async () => {
  using session = await open({ records: true, database: 1 });
  await session.send(["SET", "k", Uint8Array.of(0, 34, 255)]);
  await session.send(["GET", "k"]);
  await session.send(["MULTI"]);
  await session.send(["LPUSH", "list", "a", "b"]);
  await session.send(["SPOP", "nosuch"]);
  await session.send(["EXPIREAT", "list", "4000000000"]);
  await session.send(["EXEC"]);
  assertEquals(session.writes(), [
    '"SET" "k" "\\x00\\"\\xff"',
    '"LPUSH" "list" "a" "b"',
    '"PEXPIREAT" "list" "4000000000000"',
  ]);
});

Deno.test("a session speaks the protocol that is asked for", async () => {
  using session = await open({ protocol: 3 });
  assertEquals(await session.send(["HGETALL", "h"]), { kind: "map", items: [] });
});

const LIBRARIES = ["redis", "cjson", "cmsgpack", "struct", "bit"];

Deno.test("the annotations for editors declare what scripts see, all of it and nothing else", async () => {
  using session = await open();
  const names = `local names = {}
    for _, library in ipairs(ARGV) do
      for name in pairs(_G[library]) do names[#names + 1] = library .. '.' .. name end
    end
    return names`;
  const reply = await session.send(["EVAL", names, "0", ...LIBRARIES]) as ReplyValue & {
    items: { text: string }[];
  };
  const seen = reply.items.map(({ text }) => text).sort();
  const { default: types } = await import("../scripting/redis.d.lua", { with: { type: "text" } });
  const declared: string[] = [];
  let fields: string[] = [];
  for (const line of types.split("\n")) {
    const field = /^---@field (\w+)/.exec(line)?.[1];
    const library = /^(\w+) = \{\}$/.exec(line)?.[1];
    if (field !== undefined) fields.push(field);
    else if (/^---@class/.test(line)) fields = [];
    else if (library !== undefined) declared.push(...fields.map((name) => `${library}.${name}`));
    const called = /^function (\w+\.\w+)\(.*\) end$/.exec(line)?.[1];
    if (called !== undefined) declared.push(called);
  }
  assertEquals(declared.sort(), seen);
});
