import { assertEquals } from "@std/assert";
import { load, loadError } from "./testing.ts";

/** What CONFIG GET prints after these lines, or the last line of the error. */
function after(name: string, lines: string): string {
  const error = loadError(lines);
  return error === "" ? load(lines).get(name)! : error.trimEnd().split("\n").at(-1)!;
}

function check(name: string, cases: readonly (readonly [lines: string, expected: string])[]): void {
  for (const [lines, expected] of cases) assertEquals(after(name, lines), expected, lines);
}

Deno.test("save lines add up, the first one replaces the default, and an empty one forgets", () => {
  check("save", [
    ["", "3600 1 300 100 60 10000"],
    ["save 60 1\nsave 30 1\nsave 60 1", "60 1 30 1 60 1"],
    ['save 60 1\nsave ""\nsave 30 1', "30 1"],
    ["save 60 1\nsave\nsave 30 1", "60 1 30 1"],
    ["save", ""],
    ['save "60 1 30 2"\nsave 1 1', "60 1 30 2 1 1"],
    ['save "60 \'x"', ""],
    ["save 99999999999999999999 1", "9223372036854775807 1"],
    ["save 1 2147483648", "1 -2147483648"],
    ["save 60", "Invalid save parameters"],
    ["save 0 1", "Invalid save parameters"],
    ["save 1 -1", "Invalid save parameters"],
    ['save "" 60 100', "Invalid save parameters"],
  ]);
});

Deno.test("CONFIG SET of save replaces all points, and separates at single blanks", () => {
  const config = load("save 60 1");
  assertEquals(config.setMany([["save", "1 2 3 4"]]), undefined);
  assertEquals(config.get("save"), "1 2 3 4");
  assertEquals(config.setMany([["save", "60  7"]])?.endsWith("Invalid save parameters"), true);
  assertEquals(config.setMany([["save", ""], ["client-output-buffer-limit", ""]]), undefined);
  assertEquals(config.get("save"), "");
});

Deno.test("output buffer limits change the classes that are named", () => {
  const name = "client-output-buffer-limit";
  check(name, [
    [
      `${name} normal 1mb 2k 3\n${name} REPLICA 1 2 3`,
      "normal 1048576 2000 3 slave 1 2 3 pubsub 33554432 8388608 60",
    ],
    [`${name} normal 0 0`, "Wrong number of arguments in buffer limit configuration."],
    [`${name} master 0 0 0`, "Invalid client class specified in buffer limit configuration."],
    [`${name} normal 0 0 -1`, "Error in hard, soft or soft_seconds setting in buffer limit configuration."],
    [`${name} normal x 0 0`, "Error in hard, soft or soft_seconds setting in buffer limit configuration."],
  ]);
});

Deno.test("classes of keyspace events are printed in one order, and A stands for most of them", () => {
  const name = "notify-keyspace-events";
  check(name, [
    [`${name} KEA`, "AKE"],
    [`${name} Kg$lshzxetd`, "AK"],
    [`${name} Kmntd`, "tdnKm"],
    [`${name} An`, "A"],
    [`${name} ""`, ""],
    [`${name} q`, "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."],
  ]);
});

Deno.test("oom-score-adj-values takes three numbers", () => {
  const name = "oom-score-adj-values";
  check(name, [
    [`${name} -20 5 +6`, "-20 5 6"],
    [`${name} "1 2 3"`, "1 2 3"],
    [`${name} 1 2`, "wrong number of arguments"],
    [`${name} 1 2 2001`, "Invalid oom-score-adj-values, elements must be between -2000 and 2000."],
  ]);
});

Deno.test("percentiles are numbers from 0 to 100", () => {
  const name = "latency-tracking-info-percentiles";
  check(name, [
    [`${name} 50 99.123456789`, "50 99.123457"],
    [`${name}`, ""],
    [`${name} ""`, ""],
    [`${name} 50 ""`, `Invalid ${name} parameters`],
    [`${name} nan`, `Invalid ${name} parameters`],
    [`${name} 101`, `${name} parameters should sit between [0.0,100.0]`],
  ]);
});

Deno.test("shutdown flags are a set in one order", () => {
  const name = "shutdown-on-sigterm";
  check(name, [
    [`${name} now FORCE save`, "save now force"],
    [`${name} default`, "default"],
    [`${name} save nosave`, "shutdown options SAVE and NOSAVE can't be used simultaneously"],
    [name, "argument(s) must be one of the following: default, save, nosave, now, force"],
  ]);
});

Deno.test("bind takes up to sixteen addresses, or none", () => {
  check("bind", [
    ["bind 127.0.0.1 -::1", "127.0.0.1 -::1"],
    ["bind", ""],
    ['bind ""', ""],
    ["bind" + " a".repeat(17), "Too many bind addresses specified."],
  ]);
});

Deno.test("replicaof takes a host and a port, or no one", () => {
  check("replicaof", [
    ["slaveof 127.0.0.1 6380", "127.0.0.1 6380"],
    ["replicaof a 1\nreplicaof NO one", ""],
    ["replicaof a", "wrong number of arguments"],
    ["replicaof a 65536", "Invalid master port"],
  ]);
});

Deno.test("names of files have no folder in them", () => {
  check("dbfilename", [
    ['dbfilename ""', ""],
    ["dbfilename a/b", "dbfilename can't be a path, just a filename"],
    ['appendfilename ""', "appendfilename can't be empty"],
    ["appenddirname a/b", "appenddirname can't be a path, just a dirname"],
  ]);
});

Deno.test("the title template knows its variables", () => {
  const name = "proc-title-template";
  const bad = "template format is invalid or contains unknown variables";
  check(name, [
    [`${name} "{title} {port}}"`, "{title} {port}}"],
    [`${name} "x{{title}"`, "x{{title}"],
    [`${name} "{ti{tle}"`, bad],
    [`${name} " {title} "`, bad],
    [`${name} " x"`, " x"],
    [`${name} ""`, bad],
    [`${name} {foo}`, bad],
  ]);
});
