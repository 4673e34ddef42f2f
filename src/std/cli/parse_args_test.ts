import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli";

Deno.test("parseArgs reads long flags with values, with equal signs and without values", () => {
  assertEquals(parseArgs(["--port", "7000", "--dir=/tmp", "--verbose", "--", "--x"]), {
    _: ["--x"],
    port: 7000,
    dir: "/tmp",
    verbose: true,
  });
});

Deno.test("parseArgs never takes a flag for a value", () => {
  assertEquals(parseArgs(["--a", "--b", "-c", "-d"]), { _: [], a: true, b: true, c: true, d: true });
});

Deno.test("parseArgs gives a boolean flag no value, and false when it is absent", () => {
  const args = parseArgs(["--tls", "host", "--raw=false", "--csv", "true"], {
    boolean: ["tls", "raw", "csv", "x"],
  });
  assertEquals(args, { _: ["host"], tls: true, raw: false, csv: true, x: false });
  const tls: boolean = args.tls;
  assertEquals(tls, true);
});

Deno.test("parseArgs with boolean: true takes no value for any long flag", () => {
  assertEquals(parseArgs(["--a", "1", "--b=2"], { boolean: true }), { _: [1], a: true, b: 2 });
});

Deno.test("parseArgs keeps text flags as text", () => {
  const args = parseArgs(["--pass", "007", "--name"], { string: ["pass", "name", "none"] });
  assertEquals<unknown>(args, { _: [], pass: "007", name: "" });
  const none: string | undefined = args.none;
  assertEquals(none, undefined);
});

Deno.test("parseArgs keeps other arguments as text when _ is declared as text", () => {
  assertEquals(parseArgs(["1", "x", "0x10"])._, [1, "x", 16]);
  assertEquals(parseArgs(["1", "x", "0x10"], { string: "_" })._, ["1", "x", "0x10"]);
});

Deno.test("parseArgs collects repeated flags, and keeps the last of the others", () => {
  const args = parseArgs(["-t", "get", "-t", "set", "--n", "1", "--n", "2"], {
    string: ["t", "u"],
    collect: ["t", "u"],
  });
  assertEquals(args, { _: [], t: ["get", "set"], u: [], n: 2 });
  const tests: string[] = args.t;
  assertEquals(tests.length, 2);
});

Deno.test("parseArgs sets a default only where nothing was given", () => {
  const args = parseArgs(["--port", "1"], { default: { port: 6379, host: "::1" }, string: ["host"] });
  assertEquals(args, { _: [], port: 1, host: "::1" });
  const host: string = args.host;
  assertEquals(host, "::1");
});

Deno.test("parseArgs gives all aliases the same value and the same kind", () => {
  assertEquals(
    parseArgs(["-h", "x", "-q"], { alias: { host: "h", quiet: ["q", "s"] }, boolean: ["quiet"] }),
    {
      _: [],
      h: "x",
      host: "x",
      q: true,
      quiet: true,
      s: true,
    },
  );
  assertEquals(parseArgs([], { alias: { port: "p" }, default: { port: 1 } }), { _: [], p: 1, port: 1 });
});

Deno.test("parseArgs with stopEarly leaves everything after the first argument alone", () => {
  assertEquals(parseArgs(["-n", "1", "SET", "-x", "--y", "--", "-z"], { stopEarly: true }), {
    _: ["SET", "-x", "--y", "-z"],
    n: 1,
  });
});

Deno.test("parseArgs puts what follows the double dash into its own list when asked", () => {
  const args = parseArgs(["a", "--", "b", "-c"], { "--": true });
  assertEquals(args, { _: ["a"], "--": ["b", "-c"] });
  const rest: string[] = args["--"];
  assertEquals(rest.length, 2);
});

Deno.test("parseArgs reads short flags in every form", () => {
  const cases: [string[], Record<string, unknown>][] = [
    [["-n5"], { _: [], n: 5 }],
    [["-n", "-5"], { _: [], n: true, 5: true }],
    [["-n=x=y"], { _: [], n: "x=y" }],
    [["-abc", "v"], { _: [], a: true, b: true, c: "v" }],
    [["-"], { _: ["-"] }],
    [["-f-"], { _: [], f: "-" }],
    [["-s/tmp/x"], { _: [], s: "/tmp/x" }],
    [["-a", "-"], { _: [], a: "-" }],
  ];
  for (const [given, wanted] of cases) assertEquals(parseArgs(given), wanted, given.join(" "));
});

Deno.test("parseArgs negates only what may be negated", () => {
  assertEquals(parseArgs(["--no-color", "--no-raw"], { negatable: ["color"] }), {
    _: [],
    color: false,
    "no-raw": true,
  });
});

Deno.test("parseArgs asks about what is not declared", () => {
  const asked: unknown[] = [];
  const unknown = (...all: unknown[]) => {
    asked.push(all);
    return false;
  };
  assertEquals(parseArgs(["--a", "1", "--known", "x", "y"], { string: "known", unknown }), {
    _: [],
    known: "x",
  });
  assertEquals(asked, [["--a", "a", "1"], ["y"]]);
});

Deno.test("parseArgs makes objects of dotted names and leaves prototypes alone", () => {
  assertEquals(parseArgs(["--a.b", "1", "--a.c=2"]), { _: [], a: { b: 1, c: 2 } });
  const args = parseArgs(["--__proto__.polluted", "1", "--constructor.prototype.polluted", "1"]);
  assertEquals(Object.getPrototypeOf(args), Object.prototype);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});
