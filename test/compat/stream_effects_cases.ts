/**
 * Lines about streams whose traces in the append-only file, and whose events, are compared: see effects_cases.ts. Ids that the
 * servers make up are told by how far they are from now.
 */
import type { EffectCase } from "./effects_cases.ts";

function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

export const streamEffectsCases: readonly EffectCase[] = [
  {
    title: "XADD and the ids that it is given",
    lines: lines(`
      XADD a * f v
      xAdd a * f v g w
      XADD a 5-* f v
      XADD b 5-* f v
      XADD b 5-* f v
      XADD b 5 f v
      XADD b 6 f v
      XADD b 7-0007 f v
      XADD b 7-1 f v
      XADD b nomkstream 8-* f v
      XADD b NOMKSTREAM 9-1 f v
      XADD b NOMKSTREAM * f v
      XADD none NOMKSTREAM * f v
      XADD none NOMKSTREAM 1-1 f v
      XADD c 0-0 f v
      XADD c 0-* f v
      XADD c 18446744073709551615-* f v
      XADD c 18446744073709551615-18446744073709551615 f v
      XADD c * f v
      XADD d * f
      XADD d x f v
      SET s v
      XADD s * f v
      SELECT 3
      XADD a * f v
      XADD a MAXLEN ~ 5 * f v
    `),
  },
  {
    title: "XADD that trims",
    lines: lines(`
      CONFIG SET stream-node-max-entries 3
      XADD k MAXLEN 100 1-1 f v
      XADD k MAXLEN = 100 1-2 f v
      XADD k MAXLEN ~ 100 1-3 f v
      XADD k maxlen ~ 3 1-4 f v
      XADD k MAXLEN ~ 3 LIMIT 2 1-5 f v
      XADD k MAXLEN ~ 3 LIMIT 0 1-6 f v
      XADD k LIMIT 1 MAXLEN ~ 3 LIMIT 5 1-7 f v
      XADD k MAXLEN = 3 1-8 f v
      XADD k MAXLEN 2 1-9 f v
      XADD k MINID ~ 1 2-1 f v
      XADD k MINID ~ 1-9 LIMIT 5 2-2 f v
      XADD k MINID = 1-9 2-3 f v
      XADD k MINID 2 2-4 f v
      XADD k NOMKSTREAM MINID ~ 2-4 2-5 f v
      XADD k NOMKSTREAM MINID ~ 3 3-* f v
      XADD k MAXLEN ~ 0 4-1 f v
      XADD k MAXLEN ~ 0 4-2 f v
      XADD k MAXLEN ~ 0 4-3 f v
      XADD k MAXLEN ~ 0 4-4 f v
      XADD k MAXLEN 0 4-5 f v
      XADD k MINID ~ 9 4-6 f v
      XADD k MAXLEN ~ 1 * f v
      XADD k MINID ~ 9 * f v
      XADD none NOMKSTREAM MAXLEN ~ 1 * f v
      CONFIG SET stream-node-max-entries 100
    `),
  },
  {
    title: "XTRIM and XDEL",
    lines: lines(`
      CONFIG SET stream-node-max-entries 3
      XADD k 1-1 f v
      XADD k 1-2 f v
      XADD k 2-1 f v
      XADD k 2-2 f v
      XADD k 2-3 f v
      XADD k 2-4 f v
      XADD k 3-1 f v
      XADD k 3-2 f v
      XADD k 3-3 f v
      XADD k 3-4 f v
      XTRIM k MAXLEN 100
      XTRIM k MAXLEN ~ 100
      XTRIM k MAXLEN ~ 9
      XTRIM k MAXLEN ~ 8 LIMIT 2
      XTRIM k MAXLEN ~ 7 LIMIT 3
      xtrim k maxlen = 6
      XTRIM k MINID 1-1
      XTRIM k MINID ~ 2-4
      XTRIM k MINID ~ 3-2 LIMIT 100
      XDEL k 1-1
      XDEL k 3-2 3-2 9-9
      XTRIM k MINID ~ 9 LIMIT 100
      XADD k 9-1 f v
      XADD k 9-2 f v
      XDEL k 9-1 9-2
      XDEL k 9-1 9-2
      XDEL k x 9-1
      XDEL none 1-1
      XTRIM none MAXLEN 1
      XTRIM k MAXLEN 0
      XADD k 10-1 f v
      XTRIM k MINID ~ 11
      XTRIM k MAXLEN 0
      CONFIG SET stream-node-max-entries 100
    `),
  },
  {
    title: "XSETID",
    lines: lines(`
      XSETID k 1-1
      XADD k 1-1 f v
      XSETID k 9-9
      XSETID k 9-9
      XSETID k 8-9 MAXDELETEDID 0-0 ENTRIESADDED 5
      XSETID k 1-1 ENTRIESADDED 0
      XSETID k 1-1 MAXDELETEDID 1-0
      XSETID k 0-1
      xsetid k 7 entriesadded 18
    `),
  },
  {
    title: "streams in transactions and scripts, and for those who wait",
    lines: lines(`
      MULTI
      XADD k * f v
      XADD k MAXLEN ~ 5 * f v
      XTRIM k MAXLEN 100
      XDEL k 1-1
      EXEC
      EVAL "return redis.call('xadd', 'k', '*', 'f', 'v')" 0
      EVAL "redis.call('xadd', 'k', 'MAXLEN', '~', '9', '*', 'f', 'v') return redis.call('set', 's', 'v')" 0
      EVAL "redis.pcall('xadd', 'k', '1-*', 'f', 'v') return redis.pcall('xadd', 'k', '*', 'f', 'v')" 0
      a~ XREAD BLOCK 0 STREAMS k $
      b~ XREAD BLOCK 0 COUNT 2 STREAMS none k $ $
      XADD k * f v
      a~ XREAD BLOCK 0 STREAMS new 0
      XADD new 1-1 f v
      XREAD BLOCK 1 STREAMS new $
      XREAD STREAMS new 0
      XLEN new
      XRANGE new - +
      RENAME new newer
      COPY newer new
      EXPIRE new 100
      DEL new
    `),
  },
  {
    title: "keys that are missed by readers of streams",
    lines: lines(`
      XLEN none
      XRANGE none - +
      XREVRANGE none + -
      XREAD STREAMS none 0
      XREAD STREAMS none other $ $
      XREAD BLOCK 1 STREAMS none $
      XDEL none 1
      XTRIM none MAXLEN 1
      XADD none NOMKSTREAM * f v
      XADD k 1-1 f v
    `),
  },
];
