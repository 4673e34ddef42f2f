import { assertEquals, assertThrows } from "@std/assert";
import { integerOf, parseOptions, type ProgramSpec, secondsOf, usageText } from "./options.ts";
import { UsageError } from "./terminal.ts";

interface Settings {
  host: string;
  loud: boolean;
  help: boolean;
}

const program: ProgramSpec<Settings> = {
  name: "demo",
  summary: "Shows how options are read",
  synopsis: ["[OPTIONS] [word ...]", "--help"],
  sections: [
    {
      title: "Connection",
      options: [{
        names: ["-h", "--host"],
        value: "hostname",
        help: "The server.",
        default: ({ host }) => host,
        take: (settings, value) => void (settings.host = value),
        takeAlone: (settings) => void (settings.help = true),
      }],
    },
    {
      title: "Others",
      options: [
        { names: ["--loud"], help: "Shouts.", take: (settings) => void (settings.loud = true) },
        { names: ["--noisy"], help: "", isHidden: true, take: (settings) => void (settings.loud = true) },
        { names: ["--file"], value: "path", help: "Reads it.", take: () => {} },
        { names: ["--help"], help: "Prints this.", isLast: true, take: (s) => void (s.help = true) },
      ],
    },
  ],
  examples: [{ line: "redeno demo a", what: "Does nothing." }],
  defaults: () => ({ host: "127.0.0.1", loud: false, help: false }),
};

Deno.test("options end at the first argument without a dash", () => {
  assertEquals(parseOptions(program, ["--loud", "-h", "-x", "get", "--loud"]), {
    settings: { host: "-x", loud: true, help: false },
    rest: ["get", "--loud"],
  });
});

Deno.test("of two options for the same setting the later one wins", () => {
  assertEquals(parseOptions(program, ["-h", "a", "--host", "b"]).settings.host, "b");
});

Deno.test("an unknown option and one without its value are complained of as redis-cli does", () => {
  for (const [args, name] of [[["--loud", "--foo", "1"], "--foo"], [["--file"], "--file"]] as const) {
    const error = assertThrows(() => parseOptions(program, args), UsageError);
    assertEquals((error as Error).message, `Unrecognized option or bad number of args for: '${name}'`);
  }
});

Deno.test("a program may have words of its own for what is no option", () => {
  const strict = { ...program, unknownOption: (name: string) => `What is ${name}?` };
  assertEquals((assertThrows(() => parseOptions(strict, ["-"])) as Error).message, "What is -?");
});

Deno.test("an option may mean something else when it is the last argument", () => {
  assertEquals(parseOptions(program, ["-h"]).settings, { host: "127.0.0.1", loud: false, help: true });
});

Deno.test("behind an option that says all there is to do nothing is read", () => {
  assertEquals(parseOptions(program, ["--help", "--nonsense"]).rest, ["--nonsense"]);
});

Deno.test("integers and seconds must be all of the value and in range", () => {
  assertEquals(integerOf("-p", "7000", 0, 65535), 7000);
  assertEquals(secondsOf("-i", "0.25", 100), 250);
  for (const value of ["", "x", "1x", "70000", "1.5", "-1"]) {
    assertThrows(() => integerOf("-p", value, 0, 65535), UsageError, "Invalid value for -p");
  }
  for (const value of ["", "-1", "1e3", ".", "101"]) {
    assertThrows(() => secondsOf("-i", value, 100), UsageError, "Invalid value for -i");
  }
});

Deno.test("the usage names every option that is not hidden, with its default", () => {
  assertEquals(
    usageText(program),
    `Usage: redeno demo [OPTIONS] [word ...]
       redeno demo --help

Shows how options are read.

Connection:
  -h, --host <hostname>  The server. Default: 127.0.0.1.

Others:
  --loud                 Shouts.
  --file <path>          Reads it.
  --help                 Prints this.

Examples:
  redeno demo a
      Does nothing.
`,
  );
});
