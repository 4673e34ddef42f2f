import { assertEquals, assertThrows } from "@std/assert";
import { evalSpec, parseEvalOptions } from "./eval_options.ts";
import { usageText } from "./options.ts";
import { UsageError } from "./terminal.ts";

function words(line: string): string[] {
  return line.split(" ").filter((word) => word !== "");
}

Deno.test("what stands before a comma of its own are keys, what stands behind it arguments", () => {
  const cases: readonly (readonly [string, string[], string[]])[] = [
    ["k1 k2 , a1 a2", ["k1", "k2"], ["a1", "a2"]],
    ["k1, a1", ["k1,", "a1"], []],
    ["k1 , a1 , a2", ["k1"], ["a1", ",", "a2"]],
    [", -n 3", [], ["-n", "3"]],
    [",", [], []],
    ["", [], []],
    ["k -n 3", ["k", "-n", "3"], []],
  ];
  for (const [line, keys, args] of cases) {
    const options = parseEvalOptions(words(`--eval f.lua ${line}`));
    assertEquals([options.keys, options.args], [keys, args], line);
  }
});

Deno.test("options stand before or behind the file, and the last one wins", () => {
  const options = parseEvalOptions(words("-p 7000 --csv --eval a.lua -n 3 --no-raw --eval b.lua -e k"));
  assertEquals([options.file, options.format, options.endsAtError], ["b.lua", "standard", true]);
  assertEquals([options.connection.port, options.connection.database], [7000, 3]);
  assertEquals(options.keys, ["k"]);
});

Deno.test("the script runs in this process unless a server is named", () => {
  const isNamed = (line: string) => parseEvalOptions(words(line)).connection.isNamed;
  assertEquals(isNamed("--eval f.lua -n 3 -3"), false);
  for (const server of ["-h localhost", "-p 6379", "-s /tmp/s.sock", "-u redis://localhost"]) {
    assertEquals(isNamed(`${server} --eval f.lua`), true, server);
  }
});

Deno.test("a URI names server, login and database", () => {
  const { connection } = parseEvalOptions(words("--eval f -u redis://us%20er:pa%3Ass@example.org:7000/3"));
  const { host, port, user, password, database, showsPassword } = connection;
  assertEquals([host, port, user, password, database], ["example.org", 7000, "us er", "pa:ss", 3]);
  assertEquals(showsPassword, true);
  const of = (uri: string) => parseEvalOptions(["--eval", "f", "-u", uri]).connection;
  assertEquals([of("redis://").host, of("redis://").port], ["127.0.0.1", 6379]);
  assertEquals([of("redis://secret@h").password, of("redis://:secret@h").password], ["secret", "secret"]);
  assertEquals(of("redis://secret@h").user, undefined);
  assertEquals([of("redis://[::1]:7000").host, of("redis://[::1]:7000").port], ["::1", 7000]);
});

Deno.test("the password of the environment is for a server that is named", () => {
  assertEquals(parseEvalOptions(words("-p 1 --eval f"), "secret").connection.password, "secret");
  assertEquals(parseEvalOptions(words("-p 1 -a mine --eval f"), "secret").connection.password, "mine");
  assertEquals(parseEvalOptions(words("-p 1 --eval f"), "secret").connection.showsPassword, false);
  assertEquals(parseEvalOptions(words("--eval f"), "secret").connection.password, undefined);
});

Deno.test("JSON prefers protocol version 3", () => {
  const protocol = (line: string) => parseEvalOptions(words(line)).connection.protocol;
  assertEquals(protocol("--eval f"), 2);
  assertEquals(protocol("-3 --eval f"), 3);
  assertEquals(protocol("--json --eval f"), "preferred");
  assertEquals(protocol("--quoted-json -2 --eval f"), 2);
});

Deno.test("help and types are asked for instead of a run", () => {
  const what = (line: string) => parseEvalOptions(words(line)).what;
  assertEquals(what("--eval --help"), "help");
  assertEquals(what("--eval --types"), "types");
  assertEquals(what("--eval f.lua --help"), "help");
  assertEquals(what("--eval f.lua -h"), "help");
  assertEquals(what("--eval f.lua k --help"), "run");
});

Deno.test("options that are wrong, or would have no effect, are refused", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["--eval", "Unrecognized option or bad number of args for: '--eval'"],
    ["--eval f --bogus", "Unrecognized option or bad number of args for: '--bogus'"],
    ["--eval f -x", "Unrecognized option or bad number of args for: '-x'"],
    ["--eval f -n", "Unrecognized option or bad number of args for: '-n'"],
    ["--eval f -p 99999", "Invalid value for -p: '99999' is not a number from 0 to 65535."],
    ["--eval f -n x", "Invalid value for -n: 'x' is not a number from 0 to 2147483647."],
    ["--eval f -i -1", "Invalid value for -i: '-1' is not a number of seconds."],
    ["--eval f --show-pushes maybe", "Unknown --show-pushes value 'maybe' (valid: '[y]es', '[n]o')"],
    ["--eval f -u http://x", "Invalid URI scheme"],
    ["--eval f -2 -3", "Options -2 and -3 are mutually exclusive."],
    [
      "--eval f --tls-ciphers x",
      "--tls-ciphers is not possible: the TLS of this program chooses its ciphers by itself.",
    ],
    ["--eval f -a secret", "A user or password is for a server: name it with -h, -p, -s or -u."],
    ["--eval f -p 1 --rdb d", "--rdb is for the server in this process: leave out -h, -p, -s and -u."],
    ["--eval f -p 1 --writes", "--writes is for the server in this process: leave out -h, -p, -s and -u."],
    ["--eval f --watch -r -1", "--watch and -r -1 do not go together."],
  ];
  for (const [line, message] of cases) {
    assertEquals(assertThrows(() => parseEvalOptions(words(line)), UsageError).message, message, line);
  }
});

Deno.test("every option is accepted, and told of in the usage", () => {
  const line =
    "-h h -p 1 -s s -u redis://h -n 1 -a p --pass p --user u --askpass --no-auth-warning -3 -r 2 -i 1 -e " +
    "--raw --no-raw --csv --json --quoted-json -d x -D y --show-pushes no --watch --verbose --eval f " +
    "--tls --sni s --cacert c --cacertdir c --cert c --key k --insecure";
  parseEvalOptions(words(line));
  parseEvalOptions(words("--rdb f --writes --eval f"));
  const usage = usageText(evalSpec);
  const options = [...words(line), "-2", "--rdb", "--writes", "--types", "--help"].filter((word) =>
    /^--?\w/.test(word)
  );
  for (const option of options) {
    assertEquals(new RegExp(`(^|[ ,])${option}\\b`, "m").test(usage), true, option);
  }
});

Deno.test("a script is debugged once, on copies or on the data", () => {
  assertEquals(parseEvalOptions(words("--ldb --eval f.lua k")).ldb, "copies");
  assertEquals(parseEvalOptions(words("--eval f.lua --ldb-sync-mode k")).ldb, "data");
  for (const other of ["--watch", "--writes", "-r 2"]) {
    assertThrows(
      () => parseEvalOptions(words(`--ldb --eval f.lua ${other}`)),
      UsageError,
      "do not go together",
    );
  }
});
