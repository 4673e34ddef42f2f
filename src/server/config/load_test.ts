import { assertEquals, assertThrows } from "@std/assert";
import { parseCommandLine } from "./command_line.ts";
import { Config } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import { load, loadError, memoryHost } from "./testing.ts";

function fatal(line: number, text: string, reason: string): string {
  return "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\n" +
    `Reading the configuration file, at line ${line}\n>>> '${text}'\n${reason}\n`;
}

Deno.test("an error names the line, the text and the reason", () => {
  assertEquals(
    loadError("\n# c\n foo  bar \r\n"),
    fatal(3, "foo  bar", "Bad directive or wrong number of arguments"),
  );
  assertEquals(loadError('foo "bar'), fatal(1, 'foo "bar', "Unbalanced quotes in configuration line"));
  assertEquals(loadError("port 1 2"), fatal(1, "port 1 2", "wrong number of arguments"));
  assertEquals(
    loadError("port 70000"),
    fatal(1, "port 70000", "argument must be between 0 and 65535 inclusive"),
  );
  assertEquals(loadError("# ok\n\f\nPORT 1\n"), "");
});

Deno.test("syslog and TLS are refused in plain words", () => {
  assertEquals(
    loadError("syslog-enabled yes").split("\n")[4],
    "syslog is not available in redeno: use 'logfile', or leave standard output to a supervisor",
  );
  assertEquals(loadError("tls-port 6390").split("\n")[4], "TLS is not available in redeno yet");
  assertEquals(loadError("syslog-enabled no\ntls-port 0"), "");
});

Deno.test("later lines win, and the command line comes after the file and standard input", () => {
  const host = memoryHost({ files: { "a.conf": "hz 1\ntimeout 1\ndatabases 1\n" } });
  const stdin = new TextEncoder().encode("timeout 2\ndatabases 2\n");
  const config = Config.load(["a.conf", "--databases", "3", "-"], { host, stdin });
  assertEquals(["hz", "timeout", "databases"].map((name) => config.number(name)), [1, 2, 3]);
  assertEquals(config.file, "/home/redeno/a.conf");
});

Deno.test("a file that is missing ends the start with a log line", () => {
  const options = { host: memoryHost() };
  const error = assertThrows(() => Config.load(["../nosuch.conf"], options), ConfigError);
  assertEquals((error as ConfigError).stream, "log");
  assertEquals(
    (error as ConfigError).message,
    "Fatal error, can't open config file '/home/nosuch.conf': No such file or directory",
  );
});

Deno.test("included files are read in place, patterns included, and count their own lines", () => {
  const host = memoryHost({ files: { "1.inc": "hz 20\n", "2.inc": "\ntimeout x\n", "3.inc": "timeout 3" } });
  assertEquals(load("hz 30\ninclude 1.inc\ninclude [13].inc\ninclude no*.inc", [], host).number("hz"), 20);
  assertEquals(
    loadError("include *.inc", [], host),
    fatal(3, "timeout x", "argument couldn't be parsed into an integer"),
  );
  assertEquals(
    loadError("include 9.inc", [], host),
    "Fatal error, can't open config file '9.inc': No such file or directory",
  );
});

Deno.test("a file that includes itself is an error", () => {
  const host = memoryHost({ files: { "self.inc": "include self.inc\n" } });
  assertEquals(
    loadError("include self.inc", [], host),
    fatal(1, "include self.inc", "files include each other more than 100 deep"),
  );
});

Deno.test("renamed commands are checked against the commands as they are renamed", () => {
  const commandNames = ["get", "set", "config"];
  const error = (text: string) => {
    try {
      Config.load(["-"], { host: memoryHost(), commandNames, stdin: new TextEncoder().encode(text) });
      return "";
    } catch (error) {
      return (error as Error).message.trimEnd().split("\n").at(-1);
    }
  };
  assertEquals(error('rename-command GET x\nrename-command x ""\nrename-command set SET'), "");
  assertEquals(error("rename-command nosuch x"), "No such command in rename-command");
  assertEquals(error("rename-command get SET"), "Target command name already exists");
  assertEquals(error('rename-command get ""\nrename-command get x'), "No such command in rename-command");
  assertEquals(load('rename-command config ""').renamedCommands, [["config", ""]]);
});

Deno.test("users and modules are kept for those who can use them", () => {
  const config = load("user bob on nopass ~*\nloadmodule /x.so a b");
  assertEquals(config.users, [{ name: "bob", rules: ["on", "nopass", "~*"] }]);
  assertEquals(config.modules, [["/x.so", "a", "b"]]);
  assertEquals(
    loadError("user a on\nuser a off").split("\n")[4],
    "Error in user declaration 'a': Duplicate user found. A user can only be defined once in config files",
  );
});

Deno.test("settings of modules cannot be without a module", () => {
  assertEquals(loadError("foo.bar").split("\n")[4], "Module config specified without value");
  assertEquals(
    loadError("foo.bar 1"),
    "Module Configuration detected without loadmodule directive or no ApplyConfig call: aborting",
  );
});

Deno.test("a cluster node cannot be configured as a replica", () => {
  assertEquals(
    loadError("replicaof a 1\ncluster-enabled yes"),
    "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nreplicaof directive not allowed in cluster mode\n",
  );
});

Deno.test("options of the command line become lines", () => {
  const cases: [string[], string][] = [
    [["--port", "1", "--hz", "2"], 'port "1" \nhz "2" '],
    [["--port", "--hz", "2"], 'port "--hz" "2" '],
    [["--requirepass", "--foo", "--hz"], 'requirepass "--foo" \nhz '],
    [["--port 1", "--hz", "2"], 'port 1 \nhz "2" '],
    [["--save", "--hz", "2"], 'save ""\nhz "2" '],
    [["--save"], 'save ""'],
    [["--save", ""], 'save "" '],
    [["--save", "60", "1", "--save", ""], 'save "60" "1" \nsave "" '],
    [["--sentinel", "--hz", "2"], 'sentinel \nhz "2" '],
    [["--requirepass", 'é"\n'], 'requirepass "\\xc3\\xa9\\"\\n" '],
    [["-x"], '"-x" '],
  ];
  for (const [args, lines] of cases) assertEquals(parseCommandLine(args).options, lines, args.join(" "));
});

Deno.test("the first argument may be a file, and the first or last one standard input", () => {
  const read = (...args: string[]) => {
    const { file, readsStdin, options } = parseCommandLine(args);
    return [file, readsStdin, options];
  };
  assertEquals(read("a.conf", "-"), ["a.conf", true, ""]);
  assertEquals(read("-", "--hz", "1"), [undefined, true, 'hz "1" ']);
  assertEquals(read("--hz", "1", "-"), [undefined, true, 'hz "1" ']);
  assertEquals(read("--hz", "-", "a.conf"), [undefined, false, 'hz "-" "a.conf" ']);
  assertEquals(parseCommandLine(["--sentinel"]).isSentinel, true);
});

Deno.test("a password keeps its bytes from the file and from the command line", () => {
  assertEquals(load('requirepass "a\\xff\\n"').get("requirepass"), "a\xff\n");
  assertEquals(load("requirepass é").get("requirepass"), "\xc3\xa9");
  assertEquals(load("", ["--requirepass", 'é" "']).text("requirepass"), 'é" "');
});
