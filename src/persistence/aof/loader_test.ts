import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Args } from "../../args.ts";
import { latin1, latin1Text } from "../../sys/bytes.ts";
import { MemoryDisk } from "../../sys/memory_disk.ts";
import { Random } from "../../sys/random.ts";
import { AofFormatError, AofLoader, type AofLoaderOptions } from "./loader.ts";
import { timestampAnnotation } from "./timestamp.ts";

const PATH = "i2";

function command(...words: readonly string[]): string {
  return `*${words.length}\r\n` + words.map((word) => `$${word.length}\r\n${word}\r\n`).join("");
}

const SET = command("SET", "a", "b");
const MULTI = command("MULTI");
const EXEC = command("EXEC");

/** What came of loading. */
interface Loaded {
  readonly commands: readonly string[];
  readonly loader: AofLoader;
  readonly lines: readonly string[];
}

function words(args: Args): string {
  return Array.from({ length: args.count }, (_, i) => args.text(i)).join(" ");
}

interface Wishes extends Partial<AofLoaderOptions> {
  readonly readAtMost?: number;
  readonly more?: () => boolean;
}

function load(content: string, wishes: Wishes = {}): Loaded {
  const disk = new MemoryDisk();
  disk.put(PATH, latin1(content));
  disk.readAtMost = wishes.readAtMost ?? Infinity;
  const commands: string[] = [];
  const lines: string[] = [];
  const file = disk.open(PATH, "read");
  file.seek(wishes.startAt ?? 0);
  const loader = new AofLoader(file, {
    name: PATH,
    isLast: true,
    loadTruncated: true,
    replay: (args) => commands.push(words(args)),
    log: (text) => lines.push(text),
    ...wishes,
  });
  while (!loader.step(wishes.more ?? (() => true)));
  return { commands, loader, lines };
}

Deno.test("Commands are carried out in their order", () => {
  const { commands, loader } = load(command("SELECT", "0") + SET + command("SET", "", "\r\n$1\r\n\0\xff"));
  assertEquals(commands, ["SELECT 0", "SET a b", "SET  \r\n$1\r\n\0\xff"]);
  assertEquals([loader.truncated, loader.commands], [false, 3]);
});

Deno.test("An empty file holds nothing", () => {
  const { commands, loader } = load("");
  assertEquals([commands, loader.truncated, loader.validUpTo], [[], false, 0]);
});

Deno.test("Annotations are passed over wherever a command may begin", () => {
  const content = latin1Text(timestampAnnotation(123)) + SET + "#anything\n" + MULTI + "#TS:5\r\n" + SET +
    EXEC + "#\r\n";
  const { commands, loader } = load(content);
  assertEquals(commands, ["SET a b", "SET a b"]);
  assertEquals([loader.truncated, loader.validUpTo], [false, content.length]);
});

Deno.test("The commands of a transaction are handed over when its EXEC is there", () => {
  const { commands, loader } = load(MULTI + SET + SET + EXEC + command("multi") + command("exec") + SET);
  assertEquals(commands, ["SET a b", "SET a b", "SET a b"]);
  assertEquals(loader.truncated, false);
});

Deno.test("A MULTI in a transaction and an EXEC alone are told and do no harm", () => {
  const inner = load(MULTI + MULTI + SET + EXEC);
  assertEquals(inner.commands, ["SET a b"]);
  assertEquals(inner.lines, [
    "== CRITICAL == This server is sending an error to its AOF-loading-client: 'MULTI calls can not be nested' after " +
    "processing the command 'multi'",
  ]);
  assertEquals(load(SET + EXEC).commands, ["SET a b", "EXEC"]);
});

Deno.test("What only looks like MULTI or EXEC is an ordinary command", () => {
  assertEquals(load(command("MULTI", "x") + SET + command("EXEC", "y")).commands, [
    "MULTI x",
    "SET a b",
    "EXEC y",
  ]);
});

/** Units of an append-only file: commands, transactions, annotations. */
const UNITS: readonly { readonly text: string; readonly commands: readonly string[] }[] = [
  { text: command("SELECT", "0"), commands: ["SELECT 0"] },
  { text: MULTI + SET + command("DEL", "x") + EXEC, commands: ["SET a b", "DEL x"] },
  { text: "#TS:1700000000\r\n" + SET, commands: ["SET a b"] },
  { text: command("APPEND", "k", "*1\r\n$4\r\nEXEC\r\n"), commands: ["APPEND k *1\r\n$4\r\nEXEC\r\n"] },
  { text: MULTI + EXEC, commands: [] },
  { text: MULTI + "#TS:1700000001\r\n" + SET + EXEC, commands: ["SET a b"] },
];

Deno.test("Of a file cut at any byte exactly the whole units before the cut are carried out", () => {
  const whole = UNITS.map(({ text }) => text).join("");
  for (let cut = 0; cut <= whole.length; cut++) {
    const expected: string[] = [];
    let end = 0;
    for (const { text, commands } of UNITS) {
      if (end + text.length > cut) break;
      end += text.length;
      expected.push(...commands);
    }
    // An annotation alone is whole, too.
    const tail = whole.slice(end, cut);
    const kept = tail.startsWith("#TS:1700000000\r\n") && tail.length === 16 ? cut : end;
    for (const readAtMost of [1, 7, Infinity]) {
      const { commands, loader } = load(whole.slice(0, cut), { readAtMost });
      const where = `cut at ${cut}, ${readAtMost} bytes at once`;
      assertEquals(commands, expected, where);
      assertEquals([loader.validUpTo, loader.truncated], [kept, kept !== cut], where);
      assertEquals(loader.commands, expected.length, where);
    }
  }
});

Deno.test("What validUpTo cuts off leaves a file that is whole", () => {
  const whole = UNITS.map(({ text }) => text).join("");
  for (let cut = 0; cut <= whole.length; cut++) {
    const first = load(whole.slice(0, cut));
    const again = load(whole.slice(0, first.loader.validUpTo));
    assertEquals([again.commands, again.loader.truncated], [first.commands, false], `cut at ${cut}`);
  }
});

Deno.test("A flipped bit is an error, an end that is missing, or another command, never anything else", () => {
  const whole = UNITS.map(({ text }) => text).join("");
  let refused = 0;
  for (let at = 0; at < whole.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = String.fromCharCode(whole.charCodeAt(at) ^ (1 << bit));
      const content = whole.slice(0, at) + flipped + whole.slice(at + 1);
      const seen: string[] = [];
      try {
        const { loader } = load(content, { replay: (args) => seen.push(words(args)) });
        assert(loader.truncated || loader.validUpTo === whole.length);
      } catch (error) {
        assert(error instanceof AofFormatError, String(error));
        refused++;
      }
      // Whole units before the damage are carried out as if there were none.
      let end = 0;
      const sure: string[] = [];
      for (const { text, commands } of UNITS) {
        end += text.length;
        if (end > at) break;
        sure.push(...commands);
      }
      assertEquals(seen.slice(0, sure.length), sure, `bit ${bit} at ${at}`);
    }
  }
  assert(refused > whole.length);
});

const BAD: readonly [title: string, bad: string][] = [
  ["text", "xyz\r\n"],
  ["an empty line", "\r\n"],
  ["a zero byte", "\0"],
  ["a count that is no number", "*x\r\n"],
  ["a count without digits", "*\r\n"],
  ["a count of zero", "*0\r\n"],
  ["a negative count", "*-1\r\n"],
  ["a count beyond 2^31", "*2147483648\r\n"],
  ["a count of many digits", `*${"1".repeat(23)}`],
  ["an argument without a dollar", "*1\r\nPING\r\n"],
  ["an argument that begins as a command does", "*1\r\n*4\r\nPING\r\n"],
  ["a length without digits", "*1\r\n$\r\nPING\r\n"],
  ["a negative length", "*1\r\n$-1\r\nPING\r\n"],
  ["a length of many digits", `*1\r\n$${"1".repeat(23)}`],
  ["a line that ends in one byte", "*1\n$4\r\nPING\r\n"],
  ["a carriage return alone", "*1\r$4\r\nPING\r\n"],
  ["a string that is too long", "*1\r\n$4\r\nPINGxx"],
  ["a string that is too short", "*1\r\n$4\r\nPIN\r\n*1"],
  ["an annotation that is too long", `#${"x".repeat(1024)}\r\n`],
  ["an RDB", "REDIS0010"],
];

Deno.test("Damage ends the loading, with the place where it is", async (t) => {
  for (const [title, bad] of BAD) {
    await t.step(title, () => {
      for (const before of [SET, SET + SET + SET]) {
        const error = assertThrows(() => load(before + bad + SET), AofFormatError);
        assertEquals(
          error.message,
          `Bad file format reading the append only file i2 at offset ${before.length}: make a backup of your AOF file, ` +
            "then use redeno check-aof --fix <filename.manifest>",
        );
        assertEquals(error.offset, before.length);
      }
    });
  }
});

Deno.test("An end that is missing is put up with in the last file only, and only when that is wanted", () => {
  const content = `${SET}*1\r\n`;
  assertEquals(load(content).loader.validUpTo, SET.length);
  const refused = assertThrows(() => load(content, { loadTruncated: false }), AofFormatError);
  assertEquals(
    refused.message,
    `Unexpected end of file reading the append only file i2 at offset ${SET.length}. You can: 1) Make a backup of your ` +
      "AOF file, then use redeno check-aof --fix <filename.manifest>. 2) Alternatively you can set the " +
      "'aof-load-truncated' configuration option to yes and restart the server.",
  );
  const middle = assertThrows(() => load(content, { isLast: false }), AofFormatError);
  assertEquals(
    middle.message,
    `Fatal error: the truncated file is not the last file: i2 ends at offset ${SET.length}`,
  );
});

Deno.test("A transaction that has no end is told and cut off", () => {
  const { commands, loader, lines } = load(SET + MULTI + SET);
  assertEquals([commands, loader.validUpTo, loader.truncated], [["SET a b"], SET.length, true]);
  assertEquals(lines, ["Revert incomplete MULTI/EXEC transaction in AOF file i2"]);
});

Deno.test("A length beyond the end of the file takes no memory", () => {
  for (const length of ["4000000000", "9007199254740993", "9".repeat(20)]) {
    const { loader } = load(`${SET}*2\r\n$${length}\r\nabc`);
    assertEquals([loader.truncated, loader.validUpTo], [true, SET.length]);
  }
});

Deno.test("Commands behind an RDB begin where it ends", () => {
  const { commands, loader } = load(`REDIS...${SET}*1`, { startAt: 8 });
  assertEquals([commands, loader.validUpTo], [["SET a b"], 8 + SET.length]);
  assertEquals(load("REDIS...", { startAt: 8 }).loader.validUpTo, 8);
});

Deno.test("Loading pauses when it is asked to, and goes on where it was", () => {
  const content = (SET + MULTI + SET + SET + EXEC).repeat(100);
  const steps = load(content, { more: () => false });
  assertEquals(steps.commands, Array(300).fill("SET a b"));
  assertEquals(steps.loader.position, content.length);
});

Deno.test("Each step carries out something", () => {
  const disk = new MemoryDisk();
  disk.put(PATH, latin1(SET.repeat(100)));
  let commands = 0;
  const replay = () => void commands++;
  const loader = new AofLoader(disk.open(PATH, "read"), {
    name: PATH,
    isLast: true,
    loadTruncated: true,
    replay,
  });
  let steps = 0;
  for (let before = -1; !loader.step(() => false); before = commands) {
    assert(commands > before && commands < 100);
    steps++;
  }
  assert(steps > 1);
});

Deno.test("What replay throws ends the loading", () => {
  const boom = new Error("no such command");
  const error = assertThrows(() =>
    load(SET, {
      replay() {
        throw boom;
      },
    })
  );
  assertEquals(error, boom);
});

Deno.test("Commands and transactions larger than the window come through whole", () => {
  const large = "x".repeat(3 << 20);
  const middle = "y".repeat(700_000);
  const content = SET + command("SET", "k", large) + SET + MULTI + command("SET", "m", middle).repeat(6) +
    SET + EXEC +
    command("RPUSH", "l", ...Array(9).fill(middle)) + SET;
  const hashes: string[] = [];
  for (const readAtMost of [100_003, Infinity]) {
    const lengths: number[] = [];
    load(content, {
      readAtMost,
      replay(args) {
        for (let i = 0; i < args.count; i++) {
          const { bytes, start, end, length } = args.at(i);
          lengths.push(length);
          // The ends of a value tell whether it was moved whole.
          assert(length < 700_000 || (bytes[start] === bytes[end - 1] && bytes[start]! >= 120));
        }
      },
    });
    hashes.push(lengths.join());
  }
  assertEquals(new Set(hashes).size, 1);
  assertEquals(hashes[0]!.split(",").filter((length) => length === String(3 << 20)).length, 1);
  assertEquals(hashes[0]!.split(",").filter((length) => length === "700000").length, 15);
});

Deno.test("Any commands come through however the file is read", () => {
  const seed = 4711;
  const random = new Random(seed);
  const word = () =>
    "x$*\r\n#a9".repeat(3).slice(0, random.below(24)) +
    (random.below(9) === 0 ? "z".repeat(random.below(9000)) : "");
  for (let round = 0; round < 60; round++) {
    let content = "";
    const expected: string[] = [];
    for (let i = random.below(30); i > 0; i--) {
      const isUnit = random.below(4) === 0;
      if (isUnit) content += MULTI;
      for (let n = isUnit ? random.below(5) : 1; n > 0; n--) {
        const list = ["CMD", ...Array.from({ length: random.below(5) }, word)];
        content += command(...list);
        expected.push(list.join(" "));
        if (random.below(5) === 0) content += `#${random.below(1000)}\r\n`;
      }
      if (isUnit) content += EXEC;
    }
    const more = () => random.below(2) === 0;
    const { commands, loader } = load(content, { readAtMost: 1 + random.below(3000), more });
    assertEquals(commands, expected, `seed ${seed}, round ${round}`);
    assertEquals(
      [loader.truncated, loader.validUpTo],
      [false, content.length],
      `seed ${seed}, round ${round}`,
    );
  }
});
