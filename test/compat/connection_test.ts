/** PING, ECHO, AUTH, HELLO, RESET, QUIT, CLIENT: what clients say first and tools ask. */
import type { Plain } from "../support/resp_value.ts";
import { compat } from "./compat.ts";

/** HELLO's fields without the id of the connection, which counts what went before. */
function withoutId(value: Plain): unknown {
  const pairs = value instanceof Map ? [...value] : Array.isArray(value) ? pairUp(value) : value;
  return Array.isArray(pairs) ? pairs.filter((pair) => !(Array.isArray(pair) && pair[0] === "id")) : pairs;
}

function pairUp(items: readonly Plain[]): [Plain, Plain][] {
  return items.flatMap((item, i) => i % 2 === 0 ? [[item, items[i + 1] ?? null] as [Plain, Plain]] : []);
}

/** What redeno adds to the lines of CLIENT LIST. */
const ADDED_FIELDS = ["lib-name", "lib-ver"];

/** The names of the fields in the lines of CLIENT LIST and INFO. */
function fieldNames(value: Plain): unknown {
  if (typeof value !== "string") return value;
  return value.trimEnd().split("\n").map((line) =>
    line.split(" ").map((field) => field.split("=")[0]!).filter((name) => !ADDED_FIELDS.includes(name)).join(
      " ",
    )
  );
}

/** Some fields of one line, with their values. */
function fieldsOf(...names: string[]): (value: Plain) => unknown {
  return (value) => {
    const fields = String(value).trimEnd().split(" ").map((field) => field.split("="));
    return fields.filter(([name]) => names.includes(name!));
  };
}

compat("PING and ECHO", (both) => {
  for (
    const line of [
      "PING",
      "PING hello",
      "PING ''",
      "PING a b",
      "ECHO hello",
      "ECHO ''",
      "ECHO",
      "ECHO a b",
      "ping",
      "eCHo x",
    ]
  ) both.same(line);
  both.resp3();
  both.same("PING");
  both.same("PING hello");
});

compat("unknown commands and wrong numbers of arguments", (both) => {
  for (
    const line of [
      "FOO",
      "foo bar",
      "FOO 'a b' \"c\\r\\nd\"",
      "FOO ''",
      "GET",
      "GET a b",
      "SET a",
      "CLIENT",
      "CLIENT NOSUCH",
      "CLIENT NOSUCH a b",
      "CONFIG",
      "CONFIG NOSUCH",
      "COMMAND NOSUCH",
      "OBJECT",
      "OBJECT NOSUCH",
      "MEMORY NOSUCH",
      "DEBUG",
      "DEBUG NOSUCH",
      "CLIENT ID x",
      "CLIENT SETNAME",
      "CLIENT KILL",
      "get",
      "Client nosuch",
    ]
  ) both.same(line);
  both.same(["FOO", "x".repeat(300), "y"]);
  both.same(["FOO", ...Array.from({ length: 40 }, (_, i) => `argument${i}`)]);
  both.same([`${"LONG".repeat(60)}`, "a"]);
  both.same(["CLIENT", "N\r\nO"]);
  both.same(["\xff\0", "a"]);
});

compat("HELLO in every form", (both) => {
  both.sameAfter(withoutId, "HELLO");
  both.sameAfter(withoutId, "HELLO 3");
  both.same("GET nosuch");
  both.sameAfter(withoutId, "HELLO");
  both.sameAfter(withoutId, "HELLO 3 SETNAME worker");
  both.same("CLIENT GETNAME");
  both.sameAfter(withoutId, "HELLO 2 SETNAME ''");
  both.same("CLIENT GETNAME");
  for (
    const line of [
      "HELLO 1",
      "HELLO 4",
      "HELLO abc",
      "HELLO ''",
      "HELLO -1",
      "HELLO 3 FOO",
      "HELLO 3 AUTH",
      "HELLO 3 AUTH a",
      "HELLO 3 AUTH a b",
      "HELLO 3 SETNAME",
      "HELLO 3 SETNAME 'a b'",
      "HELLO 3 SETNAME a AUTH x y",
      "HELLO 9223372036854775808",
      "HELLO 2 AUTH nobody x SETNAME n",
    ]
  ) both.same(line);
  both.same("GET nosuch");
  both.sameAfter(withoutId, "HELLO 3 AUTH default anything SETNAME a");
  both.sameAfter(withoutId, "HELLO 3 SETNAME a SETNAME b");
  both.same("CLIENT GETNAME");
});

compat("AUTH where there is no password", (both) => {
  for (const line of ["AUTH", "AUTH x", "AUTH default x", "AUTH nobody x", "AUTH a b c", "AUTH ''"]) {
    both.same(line);
  }
});

compat("AUTH where there is one", (both) => {
  const locked = both.client("locked");
  for (
    const line of [
      "PING",
      "GET k",
      "SET k v",
      "FOO",
      "GET",
      "HELLO",
      "HELLO 3",
      "HELLO 3 AUTH default wrong",
      "HELLO 3 SETNAME x",
      "AUTH wrong",
      "AUTH default wrong",
      "AUTH nobody secret",
      "AUTH a b c",
      "COMMAND COUNT x",
      "CLIENT ID",
      "RESET",
      "ECHO a",
    ]
  ) locked.same(line);
  locked.same("AUTH secret");
  for (
    const line of [
      "PING",
      "SET k v",
      "GET k",
      "AUTH wrong",
      "GET k",
      "RESET",
      "GET k",
      "AUTH default secret",
      "GET k",
    ]
  ) locked.same(line);
  both.sameAfter(withoutId, "HELLO 3 AUTH default secret SETNAME named");
  both.same("CLIENT GETNAME");
  both.same("GET nosuch");
  both.same("CONFIG GET requirepass");
}, { args: ["--requirepass", "secret"] });

compat("RESET", (both) => {
  both.same("SELECT 3");
  both.same("CLIENT SETNAME name");
  both.resp3();
  both.same("RESET");
  both.same("CLIENT GETNAME");
  both.same("GET nosuch");
  both.sameAfter(fieldsOf("db", "name", "resp", "flags"), "CLIENT INFO");
  both.same("RESET x");
});

compat("QUIT answers, then closes", (both) => {
  both.same("SET k v");
  both.same("QUIT");
  both.same("GET k");
});

compat("CLIENT SETNAME and GETNAME", (both) => {
  both.same("CLIENT GETNAME");
  for (const name of ["worker", "", "with space", "new\nline", "ünicode", "~!@", "\x7f", "x".repeat(1000)]) {
    both.same(["CLIENT", "SETNAME", name]);
    both.same("CLIENT GETNAME");
  }
  both.resp3();
  both.same("CLIENT SETNAME ''");
  both.same("CLIENT GETNAME");
});

compat("CLIENT ID, INFO and LIST", (both) => {
  both.sameShape("CLIENT ID");
  both.sameAfter(fieldNames, "CLIENT INFO");
  both.same("CLIENT SETNAME me");
  both.same("SELECT 2");
  both.sameAfter(
    fieldsOf(
      "name",
      "db",
      "sub",
      "psub",
      "ssub",
      "multi",
      "cmd",
      "user",
      "redir",
      "resp",
      "flags",
      "events",
    ),
    "CLIENT INFO",
  );
  both.sameAfter((value) => (fieldNames(value) as string[])[0], "CLIENT LIST");
  both.sameAfter((value) => (fieldNames(value) as string[])[0], "CLIENT LIST TYPE normal");
  for (
    const line of [
      "CLIENT LIST TYPE pubsub",
      "CLIENT LIST TYPE master",
      "CLIENT LIST TYPE replica",
      "CLIENT LIST TYPE slave",
      "CLIENT LIST TYPE nosuch",
      "CLIENT LIST TYPE",
      "CLIENT LIST FOO",
      "CLIENT LIST ID",
      "CLIENT LIST ID abc",
      "CLIENT LIST ID 999999",
      "CLIENT LIST ID 999998 999999",
      "CLIENT LIST ID 0",
      "CLIENT LIST ID -1",
      "CLIENT LIST TYPE normal x",
      "CLIENT INFO x",
    ]
  ) both.same(line);
  both.resp3();
  both.sameAfter(fieldNames, "CLIENT INFO");
  both.sameAfter(fieldsOf("resp"), "CLIENT INFO");
});

compat("CLIENT KILL", (both) => {
  for (
    const line of [
      "CLIENT KILL nosuch",
      "CLIENT KILL 1.2.3.4:5",
      "CLIENT KILL ID abc",
      "CLIENT KILL ID 0",
      "CLIENT KILL ID -1",
      "CLIENT KILL ID 999999",
      "CLIENT KILL ADDR 1.2.3.4:5",
      "CLIENT KILL LADDR 1.2.3.4:5",
      "CLIENT KILL TYPE nosuch",
      "CLIENT KILL TYPE pubsub",
      "CLIENT KILL TYPE master",
      "CLIENT KILL TYPE replica",
      "CLIENT KILL USER nobody",
      "CLIENT KILL SKIPME maybe",
      "CLIENT KILL ID",
      "CLIENT KILL ID 999999 TYPE",
      "CLIENT KILL FOO bar",
      "CLIENT KILL ID 999999 FOO bar",
      "CLIENT KILL ID 999999 SKIPME yes",
      "CLIENT KILL ID 999999 ADDR x:1 TYPE normal USER default SKIPME no",
      "CLIENT KILL USER ''",
    ]
  ) both.same(line);
  const other = both.client("other");
  other.same("CLIENT SETNAME victim");
  both.sameAfter((value) => typeof value, "CLIENT KILL TYPE normal SKIPME yes");
  other.same("PING");
  both.same("PING");
  both.sameAfter((value) => typeof value, "CLIENT KILL USER default SKIPME no");
  both.same("PING");
});

compat("CLIENT REPLY", (both) => {
  both.same("CLIENT REPLY SKIP", { replies: 0 });
  both.same("PING skipped", { replies: 0 });
  both.same("PING heard");
  both.same("CLIENT REPLY OFF", { replies: 0 });
  both.same("SET k v", { replies: 0 });
  both.same("CLIENT REPLY SKIP", { replies: 0 });
  both.same("FOO", { replies: 0 });
  both.same("CLIENT REPLY ON");
  both.same("GET k");
  both.same("CLIENT REPLY");
  both.same("CLIENT REPLY FOO");
  both.same("CLIENT REPLY ON OFF");
  both.same("CLIENT REPLY ON");
});

compat("CLIENT PAUSE and UNPAUSE", (both) => {
  for (
    const line of [
      "CLIENT PAUSE abc",
      "CLIENT PAUSE -1",
      "CLIENT PAUSE 0",
      "CLIENT PAUSE 1 FOO",
      "CLIENT PAUSE",
      "CLIENT PAUSE 9223372036854775808",
      "CLIENT PAUSE 1 ALL x",
      "CLIENT UNPAUSE",
      "CLIENT UNPAUSE x",
      "CLIENT PAUSE 100000 WRITE",
      "GET k",
      "CLIENT UNPAUSE",
      "SET k v",
      "CLIENT PAUSE 20 WRITE",
      "SET k w",
      "GET k",
      "CLIENT PAUSE 20",
      "GET k",
      "SET k x",
      "CLIENT PAUSE 20 ALL",
      "PING",
      "GET k",
    ]
  ) both.same(line);
});

compat("CLIENT UNBLOCK, NO-EVICT and HELP", (both) => {
  for (
    const line of [
      "CLIENT UNBLOCK abc",
      "CLIENT UNBLOCK 999999",
      "CLIENT UNBLOCK 999999 TIMEOUT",
      "CLIENT UNBLOCK 999999 ERROR",
      "CLIENT UNBLOCK 999999 FOO",
      "CLIENT UNBLOCK",
      "CLIENT UNBLOCK 999999 ERROR x",
      "CLIENT NO-EVICT on",
      "CLIENT NO-EVICT off",
      "CLIENT NO-EVICT x",
      "CLIENT NO-EVICT",
    ]
  ) both.same(line);
  both.sameAfter((value) => Array.isArray(value), "CLIENT HELP");
  both.same("CLIENT HELP x");
});
