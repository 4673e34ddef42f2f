import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Config } from "./config.ts";
import { DIRECTIVES } from "./directives/mod.ts";
import { load, memoryHost } from "./testing.ts";

const FAILED = "ERR CONFIG SET failed (possibly related to argument";

function fresh(): Config {
  return new Config(memoryHost({ folders: ["/data"] }));
}

Deno.test("the default of every directive is a value that it accepts", () => {
  const problems: string[] = [];
  for (const { name, kind, initial } of DIRECTIVES) {
    if (name === "dir" || name === "replicaof") continue;
    const context = { source: "client", previous: initial, isSet: false, changeDirectory() {} } as const;
    const value = kind.parse(kind.multiple ? initial.split(" ") : [initial], context);
    if (value !== initial) problems.push(`${name}: ${initial} became ${value}`);
  }
  assertEquals(problems, []);
});

Deno.test("numbers, flags and texts are read by name, and number() follows CONFIG SET", () => {
  const config = fresh();
  assertEquals(config.number("maxclients"), 10000);
  assertEquals(config.number("unixsocketperm"), 0);
  assertEquals(config.flag("protected-mode"), true);
  assertEquals(config.text("dir"), "/home/redeno");
  assertEquals(config.setMany([["maxclients", "7"], ["protected-mode", "NO"]]), undefined);
  assertEquals(config.number("maxclients"), 7);
  assertEquals(config.flag("protected-mode"), false);
});

Deno.test("asking for a directive that does not exist, or for another type, is a bug that throws", () => {
  const config = fresh();
  assertThrows(() => config.number("nosuch"), Error, "nosuch");
  assertThrows(() => config.number("loglevel"), Error, "not a number");
  assertThrows(() => config.flag("hz"), Error, "not yes or no");
  assertEquals(config.get("nosuch"), undefined);
});

Deno.test("a percentage of memory is a negative number", () => {
  const config = fresh();
  config.setMany([["maxmemory-clients", "5%"]]);
  assertEquals([config.number("maxmemory-clients"), config.get("maxmemory-clients")], [-5, "5%"]);
});

Deno.test("a name is found in any case and by its old name", () => {
  const config = fresh();
  assertEquals(config.setMany([["SLAVE-Priority", "5"]]), undefined);
  assertEquals(config.get("replica-priority"), "5");
  assertEquals(config.get("Slave-PRIORITY"), "5");
});

Deno.test("patterns find names once, names as they were asked, and hidden ones only by name", () => {
  const config = fresh();
  assertEquals(config.getMatching(["MAXMEMORY", "maxmemory", "maxmemory*"]).slice(0, 2), [
    ["MAXMEMORY", "0"],
    ["maxmemory-clients", "0"],
  ]);
  assertEquals(config.getMatching(["HASH-max-*-entries"]), [
    ["hash-max-listpack-entries", "512"],
    ["hash-max-ziplist-entries", "512"],
  ]);
  assertEquals(config.getMatching(["key-load*", "nosuch"]), []);
  assertEquals(config.getMatching(["key-load-delay"]), [["key-load-delay", "0"]]);
});

Deno.test("CONFIG SET says what is wrong with a name before it looks at values", () => {
  const config = fresh();
  const cases: [[string, string][], string][] = [
    [[["foo\0bar", "1"]], "ERR Unknown option or number of arguments for CONFIG SET - 'foo'"],
    [[["Foo", "1"]], "ERR Unknown option or number of arguments for CONFIG SET - 'Foo'"],
    [[["hz", "x"], ["foo", "1"]], "ERR Unknown option or number of arguments for CONFIG SET - 'foo'"],
    [[["hz", "1"], ["HZ", "2"]], `${FAILED} 'HZ') - duplicate parameter`],
    [[["Daemonize", "yes"]], `${FAILED} 'Daemonize') - can't set immutable config`],
    [[["dir", "/data"]], `${FAILED} 'dir') - can't set protected config`],
    [[["HZ", "x"]], `${FAILED} 'hz') - argument couldn't be parsed into an integer`],
    [
      [["slave-priority", "-1"]],
      `${FAILED} 'slave-priority') - argument must be between 0 and 2147483647 inclusive`,
    ],
  ];
  for (const [pairs, error] of cases) assertEquals(config.setMany(pairs), error);
});

Deno.test("the same directive under two names is no duplicate, and the last one wins", () => {
  const config = fresh();
  const pairs = [["hash-max-listpack-entries", "2"], ["hash-max-ziplist-entries", "1"]] as const;
  assertEquals(config.setMany(pairs), undefined);
  assertEquals(config.get("hash-max-listpack-entries"), "1");
  const failing = [["hash-max-listpack-entries", "7"], ["hash-max-ziplist-entries", "8"], [
    "hz",
    "x",
  ]] as const;
  assertStringIncludes(config.setMany(failing)!, "'hz'");
  assertEquals(config.get("hash-max-listpack-entries"), "1");
});

Deno.test("a bad value among good ones changes nothing, the working directory included", () => {
  const config = load("enable-protected-configs yes", [], memoryHost({ folders: ["/data"] }));
  assertEquals(
    config.setMany([["timeout", "5"], ["dir", "/data"], ["hz", "x"]]),
    `${FAILED} 'hz') - argument couldn't be parsed into an integer`,
  );
  assertEquals([config.get("timeout"), config.get("dir")], ["0", "/home/redeno"]);
  assertEquals(config.setMany([["dir", "/data"]]), undefined);
  assertEquals(config.get("dir"), "/data");
  assertEquals(config.setMany([["dir", "/nosuch"]]), `${FAILED} 'dir') - No such file or directory`);
});

Deno.test("protected directives can be opened to local clients alone", () => {
  const config = load("enable-protected-configs local");
  assertStringIncludes(config.setMany([["dbfilename", "x"]])!, "can't set protected config");
  assertEquals(config.setMany([["dbfilename", "x"]], { isLocal: true }), undefined);
});

Deno.test("a listener is called once for a CONFIG SET that changes its directives, and not when nothing changes", () => {
  const config = fresh();
  let calls = 0;
  config.onChange(["port", "bind"], () => calls++);
  config.setMany([["port", "1"], ["bind", "::1"]]);
  assertEquals(calls, 1);
  config.setMany([["port", "1"], ["hz", "11"]]);
  assertEquals(calls, 1);
});

Deno.test("a listener that throws vetoes the whole CONFIG SET, and all listeners see the old values again", () => {
  const config = fresh();
  const seen: string[] = [];
  config.onChange(["hz"], () => seen.push(`hz ${config.get("hz")}`));
  config.onChange(["port"], () => {
    seen.push(`port ${config.get("port")}`);
    if (config.number("port") === 1) throw new Error("Unable to listen on this port. Check server logs.");
  });
  assertEquals(
    config.setMany([["hz", "20"], ["port", "1"], ["timeout", "9"]]),
    `${FAILED} 'port') - Unable to listen on this port. Check server logs.`,
  );
  assertEquals(seen, ["hz 20", "port 1", "hz 10", "port 6379"]);
  assertEquals([config.get("hz"), config.get("port"), config.get("timeout")], ["10", "6379", "0"]);
});

Deno.test("values that are valid but of no use are adjusted", () => {
  const config = fresh();
  config.setMany([["hz", "0"], ["repl-backlog-size", "1"]]);
  assertEquals([config.get("hz"), config.get("repl-backlog-size")], ["1", "16384"]);
  config.setMany([["hz", "1000"], ["watchdog-period", "1"]]);
  assertEquals([config.get("hz"), config.get("watchdog-period")], ["500", "4"]);
  assertEquals(load("repl-backlog-size 1").get("repl-backlog-size"), "1");
});

Deno.test("what cannot be done is refused, and says so", () => {
  const config = fresh();
  assertStringIncludes(
    config.setMany([["activedefrag", "yes"]])!,
    "Active defragmentation cannot be enabled",
  );
  assertEquals(
    config.setMany([["tls-port", "6390"]]),
    `${FAILED} 'tls-port') - Unable to update TLS configuration. Check server logs.`,
  );
  assertEquals(config.setMany([["tls-port", "0"], ["tls-cluster", "no"]]), undefined);
});

Deno.test("changed directives without effect are told apart from those with one", () => {
  assertEquals(load("cluster-enabled yes\nhz 20\nactiverehashing no").keptChanges(), [
    "activerehashing",
    "cluster-enabled",
  ]);
});

Deno.test("the virtual memory directives of old servers are known", () => {
  assertEquals(fresh().getMatching(["vm-*"]), [
    ["vm-enabled", "no"],
    ["vm-max-memory", "0"],
    ["vm-max-threads", "4"],
    ["vm-page-size", "32"],
    ["vm-pages", "134217728"],
    ["vm-swap-file", "/tmp/redeno.swap"],
  ]);
});

Deno.test("virtual memory has bounds, and can be told to use more or less memory while the server runs", () => {
  const wrong = [
    ["vm-page-size 4", "argument must be between 8 and 1048576 inclusive"],
    ["vm-pages 4294967296", "argument must be between 0 and 4294967295 inclusive"],
    ["vm-pages -1", "argument must be between 0 and 4294967295 inclusive"],
    ["vm-max-threads 1025", "argument must be between 0 and 1024 inclusive"],
  ] as const;
  for (const [line, why] of wrong) {
    let message = "";
    try {
      load(line);
    } catch (error) {
      message = (error as Error).message;
    }
    assertStringIncludes(message, why, line);
  }
  const config = load("vm-pages 0\nvm-page-size 4kb");
  assertEquals(config.number("vm-page-size"), 4096);
  assertEquals(config.setMany([["vm-max-memory", "100mb"]]), undefined);
  assertEquals(config.get("vm-max-memory"), "104857600");
  assertStringIncludes(config.setMany([["vm-enabled", "yes"]])!, "can't set immutable config");
});
