import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Args } from "../args.ts";
import { CommandTable } from "../command_table.ts";
import { commandSpecs } from "../commands/mod.ts";
import { testServer } from "../../test/support/test_server.ts";
import { CrashReports } from "./crash_report.ts";
import { Log } from "./log.ts";

function setUp(overrides: { readonly enabled?: boolean; readonly info?: () => string } = {}) {
  const lines: string[] = [];
  const server = testServer();
  const reports = new CrashReports({
    log: new Log({ write: (line) => lines.push(line) }, 1, () => 0),
    startedAt: server.clock.now() - 5000,
    clock: server.clock,
    settings: { flag: () => overrides.enabled ?? true },
    clients: { size: 1, all: () => [server.client] },
    info: overrides.info ?? (() => "# Server\r\nredis_version:7\r\n"),
  });
  const table = new CommandTable(commandSpecs);
  const request = (...words: string[]) => {
    const args = Args.of(...words);
    return { command: table.find(args.at(0))!, client: server.client, args };
  };
  return { reports, lines, request, text: () => lines.join("") };
}

function fail(message: string): Error {
  return new TypeError(message);
}

Deno.test("a report tells error, place, request, client, uptime and INFO between two lines", () => {
  const { reports, request, text } = setUp();
  reports.handlerFailed(fail("x is broken"), request("SET", "key", "v".repeat(200)));
  const report = text();
  for (
    const part of [
      "=== REDENO BUG REPORT START",
      "Internal error in 'set': TypeError: x is broken",
      "------ STACK TRACE ------\nat fail (",
      "up for 5 seconds",
      'argv[1]: "key"',
      `argv[2]: "${"v".repeat(128)}... (72 more bytes)"`,
      "------ INFO OUTPUT ------\n# Server\nredis_version:7\n",
      "------ CLIENT LIST OUTPUT ------\nid=1\n",
      "=== REDENO BUG REPORT END",
    ]
  ) assertStringIncludes(report, part);
});

Deno.test("a report has no passwords", () => {
  const { reports, request, text } = setUp();
  reports.handlerFailed(fail("x"), request("AUTH", "hunter2"));
  assert(!text().includes("hunter2"));
  assertStringIncludes(text(), 'argv[1]: "(redacted)"');
});

Deno.test("the same defect is reported once, and counted at 2, 10, 100 ...", () => {
  const { reports, lines, request } = setUp();
  let written = 0;
  const linesOf = (times: number) => {
    for (let i = 0; i < times; i++) {
      reports.handlerFailed(fail(`about key ${Math.random()}`), request("GET", "k"));
    }
    const count = lines.length - written;
    written = lines.length;
    return count;
  };
  assert(linesOf(1) > 5);
  assertEquals([linesOf(1), linesOf(7), linesOf(1), linesOf(89), linesOf(1), linesOf(899), linesOf(1)], [
    1,
    0,
    1,
    0,
    1,
    0,
    1,
  ]);
  assertStringIncludes(lines.at(-1)!, "the 1000th time");
  reports.handlerFailed(fail("x"), request("SET", "k", "v"));
  assert(lines.length - written > 5, "another command is another defect");
});

Deno.test("beyond 32 defects others are counted together", () => {
  const { reports, lines, request } = setUp();
  const names = [...new CommandTable(commandSpecs).all].map(({ name }) => name).slice(0, 60);
  for (const name of names) reports.handlerFailed(fail("x"), request(name));
  assertEquals(lines.filter((line) => line.includes("REPORT START")).length, 33);
  assertEquals(lines.filter((line) => line.includes("time; the first")).length, 2);
});

Deno.test("what is broken does not break the report", () => {
  const { reports, request, text } = setUp({
    info: () => {
      throw new Error("INFO is broken as well");
    },
  });
  reports.handlerFailed("no error at all", request("GET", "k"));
  assertStringIncludes(text(), "Internal error in 'get': no error at all");
  assertStringIncludes(text(), "cannot be told");
  assertStringIncludes(text(), "REPORT END");
});

Deno.test("without crash-log-enabled there is one line", () => {
  const { reports, lines, request } = setUp({ enabled: false });
  reports.handlerFailed(fail("x"), request("GET", "k"));
  assertEquals(lines.length, 1);
  assertStringIncludes(lines[0]!, "Internal error in 'get': TypeError: x (crash-log-enabled is off");
});

Deno.test("what ends the process is reported without a request, too", () => {
  const { reports, text } = setUp();
  reports.fatal("Uncaught Error: y", fail("y"));
  assertStringIncludes(text(), "Uncaught Error: y");
  assertStringIncludes(text(), "------ CURRENT CLIENT INFO ------\nnone\n");
});
