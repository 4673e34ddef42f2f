/** Lines about consumer groups whose traces in the append-only file, and whose events, are compared: see effects_cases.ts. */
import type { EffectCase } from "./effects_cases.ts";

function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

/** Six entries, and the groups g and h that have read none of them. */
const SIX = lines(`
  XADD k 1-1 f v
  XADD k 1-2 f v
  XADD k 2-1 f v
  XADD k 2-2 f v
  XADD k 3-1 f v
  XADD k 3-2 f v
  XGROUP CREATE k g 0
  XGROUP CREATE k h 0
`);

export const streamGroupEffectsCases: readonly EffectCase[] = [
  {
    title: "XGROUP",
    lines: lines(`
      XGROUP CREATE k g $
      XGROUP CREATE k g $ MKSTREAM
      xgroup create k h 0 entriesread 5 mkstream
      XGROUP CREATE k h 0
      XGROUP CREATE k i x
      XGROUP CREATE new i x MKSTREAM
      XGROUP CREATE k i 5-5 ENTRIESREAD -1
      XADD k 1-1 f v
      XGROUP CREATE k last $
      XGROUP SETID k g 1-1
      xgroup setid k g $ entriesread 3
      XGROUP SETID k none 0
      XGROUP SETID k g x
      XGROUP CREATECONSUMER k g c
      XGROUP CREATECONSUMER k g c
      XGROUP CREATECONSUMER k none c
      XGROUP CREATECONSUMER none g c
      XGROUP DELCONSUMER k g c
      XGROUP DELCONSUMER k g c
      XGROUP DESTROY k g
      XGROUP DESTROY k g
      XGROUP DESTROY none g
      SET s v
      XGROUP CREATE s g 0
      XGROUP CREATE s g 0 MKSTREAM
      XGROUP DESTROY s g
      DEL k
    `),
  },
  {
    title: "XREADGROUP of what is new",
    lines: [
      ...SIX,
      ...lines(`
        XREADGROUP GROUP g c COUNT 1 STREAMS k >
        XREADGROUP GROUP g c COUNT 2 STREAMS k >
        XREADGROUP GROUP g d COUNT 1 NOACK STREAMS k >
        XREADGROUP GROUP g d COUNT 1 NOACK STREAMS k >
        xreadgroup group g d noack streams k >
        XREADGROUP GROUP g d STREAMS k >
        XREADGROUP GROUP g e NOACK STREAMS k >
        XREADGROUP GROUP g e BLOCK 1 STREAMS k >
        XGROUP SETID k g 1-1
        XDEL k 1-2
        XREADGROUP GROUP g d COUNT 2 STREAMS k >
        XREADGROUP GROUP g d STREAMS k 18446744073709551615-18446744073709551615
        XREADGROUP GROUP none d STREAMS k >
        XREADGROUP GROUP h c STREAMS k none > >
        XADD l 1-1 f v
        XGROUP CREATE l h 0
        XREADGROUP GROUP h c COUNT 3 STREAMS k l k > > 0
        SELECT 1
        XREADGROUP GROUP h c STREAMS k >
      `),
    ],
  },
  {
    title: "XREADGROUP of what is pending",
    lines: [
      ...SIX,
      ...lines(`
        XREADGROUP GROUP g c COUNT 3 STREAMS k >
        XREADGROUP GROUP g c STREAMS k 0
        XREADGROUP GROUP g c COUNT 1 STREAMS k 1-1
        XREADGROUP GROUP g c NOACK STREAMS k 0
        XREADGROUP GROUP g d STREAMS k 0
        XREADGROUP GROUP g d STREAMS k 0
        XREADGROUP GROUP g e NOACK STREAMS k 0
        XREADGROUP GROUP g e NOACK STREAMS k 0
        XDEL k 1-1 1-2
        XREADGROUP GROUP g c STREAMS k 0
        XREADGROUP GROUP g c STREAMS k 3-3
      `),
    ],
  },
  {
    title: "clients that wait in a group",
    lines: lines(`
      XGROUP CREATE k g $ MKSTREAM
      a~ XREADGROUP GROUP g a BLOCK 0 STREAMS k >
      b~ XREADGROUP GROUP g b BLOCK 0 NOACK STREAMS k >
      XADD k 1-1 f v
      XADD k 1-2 f v
      a~ XREADGROUP GROUP g a BLOCK 0 COUNT 1 STREAMS k >
      b~ XREADGROUP GROUP g b2 BLOCK 0 NOACK STREAMS k >
      MULTI
      XADD k 1-3 f v
      XADD k 1-4 f v
      XADD k 1-5 f v
      EXEC
      a~ XREADGROUP GROUP g a3 BLOCK 0 STREAMS k >
      b~ XREADGROUP GROUP g b3 BLOCK 0 NOACK STREAMS k >
      MULTI
      XADD k 2-1 f v
      XDEL k 2-1
      EXEC
      XGROUP CREATE other g $ MKSTREAM
      a~ XREADGROUP GROUP g a4 BLOCK 0 STREAMS k other > >
      b~ XREADGROUP GROUP g a4 BLOCK 0 STREAMS other >
      XADD other 2-1 f v
      XADD other 2-2 f v
      a~ XREADGROUP GROUP g a5 BLOCK 0 STREAMS k >
      XGROUP DESTROY k g
      XGROUP CREATE k g 0 ENTRIESREAD 0
      a: PING
      XREADGROUP GROUP g c STREAMS k >
      a~ XREADGROUP GROUP g c BLOCK 0 STREAMS k >
      DEL k
      a: PING
    `),
  },
  {
    title: "XACK and XPENDING",
    lines: [
      ...SIX,
      ...lines(`
        XREADGROUP GROUP g c COUNT 5 STREAMS k >
        XACK k g 1-1
        xack k g 1-1
        XACK k g 1 1-2 2-1 7-7
        XACK k g 2-2 x
        XACK k none 2-2
        XACK none g 2-2
        XPENDING k g
        XPENDING k g - + 10
        XPENDING k g - + 10 nobody
        XGROUP DELCONSUMER k g c
        XPENDING none g
      `),
    ],
  },
  {
    title: "XCLAIM",
    lines: [
      ...SIX,
      ...lines(`
        XREADGROUP GROUP g c COUNT 4 STREAMS k >
        XCLAIM k g d 0 1-1
        XCLAIM k g d 0 1-1 1-1 1
        xclaim k g d 0 1-2 idle 1000
        XCLAIM k g d 100000 1-1 1-2
        XCLAIM k g d 500 1-2 JUSTID
        XCLAIM k g d 0 1-2 TIME 1000 RETRYCOUNT 9
        XCLAIM k g d 0 1-2 TIME 0 JUSTID
        XCLAIM k g d 0 1-2 TIME 4102444800000 RETRYCOUNT 0
        XCLAIM k g d 0 1-2 RETRYCOUNT -1
        XCLAIM k g d 0 3-1
        XCLAIM k g d 0 3-1 FORCE
        XCLAIM k g d 0 3-2 FORCE JUSTID
        XCLAIM k g d 0 9-9 FORCE
        XCLAIM k g e 0 1 FORCE
        XCLAIM k g d 0 2-1 LASTID 3-1
        XCLAIM k g d 0 2-1 LASTID 1-1
        XCLAIM k g d 0 9-9 LASTID 9-9
        XCLAIM k g d 0 9-9 LASTID 9-9
        XCLAIM k g d 100000 2-2 LASTID 9-10
        XDEL k 1-1 2-2
        XCLAIM k g new 0 1-1
        XCLAIM k g new 0 2-2 1-2 LASTID 9-11
        XCLAIM k g new 0 2-2 FORCE
        XCLAIM k none d 0 1-1
        XCLAIM none g d 0 1-1
        XCLAIM k g d 0 1-2 BAD
        XADD k 0010-1 f v
        XREADGROUP GROUP h c STREAMS k >
        XCLAIM k h d 0 0010-01
      `),
    ],
  },
  {
    title: "XAUTOCLAIM",
    lines: [
      ...SIX,
      ...lines(`
        XREADGROUP GROUP g c COUNT 5 STREAMS k >
        XAUTOCLAIM k g d 100000 0
        XAUTOCLAIM k g d 0 0 COUNT 2
        XAUTOCLAIM k g d 0 1-2 COUNT 1 JUSTID
        xautoclaim k g d 0 (3-1
        XAUTOCLAIM k g e 0 (3-1
        XDEL k 1-1 2-1
        XAUTOCLAIM k g e 100000 0
        XAUTOCLAIM k g e 0 0
        XAUTOCLAIM k g e 0 0 JUSTID
        XAUTOCLAIM k none e 0 0
        XAUTOCLAIM none g e 0 0
      `),
    ],
  },
  {
    title: "groups in transactions and scripts",
    lines: [
      ...SIX,
      ...lines(`
        MULTI
        XREADGROUP GROUP g c COUNT 1 STREAMS k >
        XREADGROUP GROUP g c BLOCK 0 STREAMS k >
        XREADGROUP GROUP g c BLOCK 0 STREAMS k >
        XACK k g 1-1
        XGROUP CREATECONSUMER k g z
        XAUTOCLAIM k g d 0 1-2 COUNT 1
        EXEC
        EVAL "redis.call('XADD', 'k', '5-1', 'f', 'v') return redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 'k', '>')" 0
        EVAL "return redis.call('XREADGROUP', 'GROUP', 'h', 'c', 'NOACK', 'COUNT', '2', 'STREAMS', 'k', '>')" 0
        EVAL "return redis.call('XREADGROUP', 'GROUP', 'h', 'c', 'BLOCK', '1', 'STREAMS', 'k', '>')" 0
        EVAL "return redis.call('XCLAIM', 'k', 'g', 'd', '0', '5-1')" 0
        EVAL "redis.replicate_commands() redis.set_repl(redis.REPL_NONE) return redis.call('XACK', 'k', 'g', '1-2')" 0
        DEL k
      `),
    ],
  },
];
