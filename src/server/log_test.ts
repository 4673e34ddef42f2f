import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { fileSink, Log, type LogLevel } from "./log.ts";

function logTo(lines: string[], now = () => 0): Log {
  return new Log({ write: (line) => lines.push(line) }, 42, now);
}

Deno.test("a line has pid, role, day, month, year, time with milliseconds, mark and text", () => {
  const lines: string[] = [];
  const at = new Date(2026, 0, 2, 3, 4, 5, 67);
  const log = logTo(lines, () => at.getTime());
  log.warning("Hello");
  log.role = "M";
  log.notice("World");
  assertEquals(lines, ["42:C 02 Jan 2026 03:04:05.067 # Hello\n", "42:M 02 Jan 2026 03:04:05.067 * World\n"]);
});

Deno.test("every month has its name", () => {
  const lines: string[] = [];
  let month = 0;
  const log = logTo(lines, () => new Date(2026, month, 15).getTime());
  for (; month < 12; month++) log.notice("x");
  assertEquals(
    lines.map((line) => line.split(" ")[2]).join(" "),
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
  );
});

Deno.test("lines below the level are dropped, the others have the mark of theirs", () => {
  const marks: [level: LogLevel, marks: string][] = [
    ["debug", ".-*#"],
    ["verbose", "-*#"],
    ["notice", "*#"],
    [
      "warning",
      "#",
    ],
  ];
  for (const [level, wanted] of marks) {
    const lines: string[] = [];
    const log = logTo(lines);
    log.level = level;
    log.debug("x");
    log.verbose("x");
    log.notice("x");
    log.warning("x");
    assertEquals(lines.map((line) => line.at(-4)).join(""), wanted);
  }
});

Deno.test("plain text goes out as it is, with one line end", () => {
  const lines: string[] = [];
  const log = logTo(lines);
  log.level = "warning";
  log.plain("a logo");
  log.plain("another\n");
  assertEquals(lines, ["a logo\n", "another\n"]);
});

Deno.test("a log file that is moved away is begun anew", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/redis.log`;
    const log = new Log(fileSink(path), 42, () => 0);
    log.notice("first");
    Deno.renameSync(path, `${path}.1`);
    log.notice("second");
    log.notice("third \u20ac");
    assertMatch(Deno.readTextFileSync(`${path}.1`), /^42:C .* \* first\n$/);
    assertMatch(Deno.readTextFileSync(path), /^42:C .* \* second\n42:C .* \* third \u20ac\n$/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a log file is appended to", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/redis.log`;
    Deno.writeTextFileSync(path, "before\n");
    new Log(fileSink(path), 42, () => 0).notice("after");
    assertMatch(Deno.readTextFileSync(path), /^before\n42:C .* \* after\n$/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a log file that cannot be opened is an error at once, one that vanishes later is none", async () => {
  assertThrows(() => fileSink("/nonexistent/redis.log"), Deno.errors.NotFound);
  const directory = await Deno.makeTempDir();
  const log = new Log(fileSink(`${directory}/redis.log`), 42, () => 0);
  await Deno.remove(directory, { recursive: true });
  log.warning("nobody reads this");
});
