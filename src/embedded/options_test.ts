import { assertEquals, assertThrows } from "@std/assert";
import { MemoryDisk } from "../sys/memory_disk.ts";
import { checkOptions, configurationOf } from "./options.ts";

Deno.test("directives are lines of a configuration file, without a port and without saving by itself", () => {
  assertEquals(configurationOf({}), 'port 0\nsave ""\n');
  assertEquals(
    configurationOf({ appendonly: true, maxmemory: "1mb", hz: 100, "list-max-listpack-size": -2 }),
    'port 0\nsave ""\nappendonly "yes"\nmaxmemory "1mb"\nhz "100"\nlist-max-listpack-size "-2"\n',
  );
});

Deno.test("directives of several words are split, others keep their blanks", () => {
  assertEquals(
    configurationOf({ save: "900 1 60 1000", requirepass: 'my "secret"' }),
    'port 0\nsave "900" "1" "60" "1000"\nrequirepass "my \\"secret\\""\n',
  );
});

Deno.test("with a place for files they are saved as usual", () => {
  assertEquals(configurationOf({ directory: "data" }), "port 0\n");
  assertEquals(configurationOf({ disk: new MemoryDisk() }), "port 0\n");
});

Deno.test("options that are no directives are not taken for such", () => {
  assertEquals(
    configurationOf({ port: 7000, clock: "manual", seed: 1, startAt: 0, log() {} }),
    'port 0\nsave ""\n',
  );
});

Deno.test("directives of a process and values that are none are refused", () => {
  assertThrows(() => configurationOf({ daemonize: true } as never), TypeError, "daemonize is not for");
  assertThrows(() => configurationOf({ "rename-command": ["A", "B"] }), TypeError, "rename-command is not");
  assertThrows(() => configurationOf({ hz: {} } as never), TypeError, "hz cannot be object");
});

Deno.test("options that make no sense are refused", () => {
  for (const port of [-1, 65536, 1.5]) assertThrows(() => checkOptions({ port }), RangeError, "is no port");
  for (const seed of [-1, 2 ** 32, 0.5]) assertThrows(() => checkOptions({ seed }), RangeError, "32-bit");
  assertThrows(() => checkOptions({ startAt: 0 }), TypeError, "needs a clock");
  assertThrows(() => checkOptions({ clock: "manual", startAt: NaN }), RangeError, "no time");
  assertThrows(() => checkOptions({ directory: "d", disk: new MemoryDisk() }), TypeError, "or a disk");
  assertThrows(() => checkOptions({ rdb: new Uint8Array(), directory: "d" }), TypeError, "empty disk");
});
