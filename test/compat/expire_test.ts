/** Expiry: every flag, times at the edges, what keeps an expiry and what loses it, and keys whose time is over. */
import { INTEGER_EDGES } from "../support/edges.ts";
import { compat } from "./compat.ts";

const EXPIRES = ["EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"];
// Far enough away that no test is that slow: seconds, milliseconds, and the same as points in time.
const LATER: Readonly<Record<string, readonly string[]>> = {
  EXPIRE: ["100000", "200000", "300000"],
  PEXPIRE: ["100000000", "200000000", "300000000"],
  EXPIREAT: ["4102444800", "4102544800", "4102644800"],
  PEXPIREAT: ["4102444800000", "4102544800000", "4102644800000"],
};

for (const command of EXPIRES) {
  const [soon, later, latest] = LATER[command]!;
  // What is left of a point in time shrinks from day to day, which recorded answers could not follow.
  const remaining = command.endsWith("AT") ? "PEXPIRETIME k" : "PTTL k";
  compat(`${command} with NX, XX, GT and LT`, (both) => {
    for (const before of ["none", soon, later, latest]) {
      for (
        const flags of [
          "",
          "NX",
          "XX",
          "GT",
          "LT",
          "XX GT",
          "XX LT",
          "GT LT",
          "NX XX",
          "NX GT",
          "NX LT",
          "nx",
          "FOO",
          "GT GT",
          "XX XX",
          "NX GT LT",
        ]
      ) {
        both.same("SET k v");
        if (before !== "none") both.same(`${command} k ${before}`);
        both.same(`${command} k ${later} ${flags}`);
        both.near(20_000, remaining);
        both.same(`${command} nosuch ${later} ${flags}`);
      }
    }
  });

  compat(`${command} with times at the edges`, (both) => {
    for (
      const time of [
        ...INTEGER_EDGES.filter((edge) => edge !== "1"),
        "9223372036854775",
        "9223372036854776",
        "-9223372036854775",
        "-100",
      ]
    ) {
      both.same("SET k v");
      both.same([command, "k", time]);
      both.same("EXISTS k");
      for (const flag of ["LT", "GT"]) {
        // A fixed time before: with one that counts from now, a millisecond between two lines would decide.
        both.same("SET k v PXAT 4102444800000");
        both.same([command, "k", time, flag]);
        both.same("EXISTS k");
      }
      both.same([command, "nosuch", time]);
    }
    for (const line of [command, `${command} k`, `${command} k 100 NX FOO`, `${command} k abc NX FOO`]) {
      both.same(line);
    }
  });
}

compat("TTL and its relatives", (both) => {
  both.same("SET forever v");
  both.same("SET k v PXAT 4102444800123");
  both.same("SET s v EXAT 4102444801");
  for (const command of ["TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "PERSIST"]) {
    both.same(`${command} forever`);
    both.same(`${command} nosuch`);
    both.same(command);
    both.same(`${command} a b`);
  }
  both.same("SET relative v EX 100000");
  both.near(20, "TTL relative");
  both.near(20_000, "PTTL relative");
  for (
    const line of [
      "EXPIRETIME k",
      "PEXPIRETIME k",
      "EXPIRETIME s",
      "PEXPIRETIME s",
      "PERSIST k",
      "TTL k",
      "PERSIST k",
    ]
  ) both.same(line);
  both.resp3();
  both.same("TTL nosuch");
});

compat("a key whose time is over is gone at once", (both) => {
  for (
    const [set, end] of [
      ["SET k v", "EXPIRE k 0"],
      ["SET k v", "PEXPIREAT k 1"],
      ["SET k v", "EXPIRE k -1"],
      ["SET k v", "GETEX k EXAT 1"],
    ]
  ) {
    both.same(set!);
    both.same(end!);
    for (const line of ["EXISTS k", "GET k", "TTL k", "TYPE k", "DBSIZE", "KEYS *", "SETNX k w", "DEL k"]) {
      both.same(line);
    }
  }
});

compat("expired keys are seen by no command", (both) => {
  both.same("DEBUG SET-ACTIVE-EXPIRE 0");
  // Not by PEXPIRE: a time that is over before it is set deletes at once.
  both.same("SET a 1 PX 1");
  both.same("SET b 2 PX 1");
  both.same("DEBUG SLEEP 0.01");
  for (
    const line of [
      "EXISTS a",
      "GET a",
      "TTL a",
      "PEXPIRETIME a",
      "TYPE a",
      "KEYS *",
      "SCAN 0",
      "RANDOMKEY",
      "OBJECT ENCODING a",
      "DUMP a",
      "RENAME b c",
      "COPY b c",
      "MOVE b 1",
      "PERSIST b",
      "EXPIRE b 100",
      "TOUCH b",
      "DEL b",
      "UNLINK b",
      "DBSIZE",
      "STRLEN b",
      "INCR b",
      "GET b",
    ]
  ) both.same(line);
  both.same("DEBUG SET-ACTIVE-EXPIRE 1");
});

compat("EXPIRE keeps and loses expiries as values change", (both) => {
  for (
    const line of [
      "SET k w",
      "GETSET k w",
      "APPEND k w",
      "SETRANGE k 0 w",
      "MSET k w",
      "RENAME k k2",
      "SET k w KEEPTTL",
      "GETEX k",
      "COPY k k2 REPLACE",
      "PERSIST k",
    ]
  ) {
    both.same("DEL k k2");
    both.same("SET k v EX 1000");
    both.same(line);
    both.near(20, "TTL k");
    both.near(20, "TTL k2");
  }
});
