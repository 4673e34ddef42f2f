/** Lines after which keys are evicted: what that leaves in the append-only file, and which events it causes. */
import type { EffectCase } from "./effects_cases.ts";

/** Much too little, so that all goes that may; each case ends without a limit. */
const NO_ROOM = "CONFIG SET maxmemory 1";
const ROOM = "CONFIG SET maxmemory 0";

function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

export const evictionCases: readonly EffectCase[] = [
  ...["lru", "lfu", "random"].map((by): EffectCase => ({
    title: `keys that allkeys-${by} evicts`,
    lines: lines(`
      CONFIG SET maxmemory-policy allkeys-${by}
      RPUSH l a b c
      ${NO_ROOM}
      GET l
      SET k v
      ${ROOM}
      SELECT 3
      SET k v EX 1000
      ${NO_ROOM}
      ${ROOM}
      SET k v
      SELECT 0
      ${NO_ROOM}
      PING
      ${ROOM}
      CONFIG SET maxmemory-policy noeviction
    `),
  })),
  ...["lru", "lfu", "random", "ttl"].map((by): EffectCase => ({
    title: `keys that volatile-${by} evicts`,
    lines: lines(`
      CONFIG SET maxmemory-policy volatile-${by}
      SET stays v
      SET k v EX 1000
      ${NO_ROOM}
      GET stays
      DEL stays
      SET k v
      ${ROOM}
      HSET h f v
      PEXPIRE h 100000
      ${NO_ROOM}
      ${ROOM}
      CONFIG SET maxmemory-policy noeviction
    `),
  })),
  {
    title: "what would die first is evicted first",
    lines: lines(`
      CONFIG SET maxmemory-policy volatile-ttl
      SET third v EX 300
      SET first v EX 100
      SET last v EX 10000
      SET second v EX 200
      ${NO_ROOM}
      ${ROOM}
      CONFIG SET maxmemory-policy noeviction
    `),
  },
  {
    title: "keys that are evicted lazily",
    lines: lines(`
      CONFIG SET maxmemory-policy allkeys-lru lazyfree-lazy-eviction yes
      SADD s ${Array.from({ length: 200 }, (_, i) => `member:${i}`).join(" ")}
      ${NO_ROOM}
      ${ROOM}
      SET k v
      ${NO_ROOM}
      ${ROOM}
      CONFIG SET maxmemory-policy noeviction lazyfree-lazy-eviction no
    `),
  },
  {
    title: "a transaction evicts before it begins",
    lines: lines(`
      CONFIG SET maxmemory-policy volatile-ttl
      MULTI
      SET a v EX 100
      CONFIG SET maxmemory 1
      SET b v
      DEL b
      EXEC
      MULTI
      EXEC
      ${ROOM}
      CONFIG SET maxmemory-policy noeviction
    `),
  },
];
