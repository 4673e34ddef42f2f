/** ACL as far as there is one user. */
import type { Plain } from "../support/resp_value.ts";
import { compat } from "./compat.ts";

compat("ACL WHOAMI, USERS, LIST, GETUSER", (both) => {
  for (const protocol of [2, 3]) {
    both.same(`HELLO ${protocol} SETNAME x`.replace(" SETNAME x", "").replace(/^HELLO \d$/, "PING"));
    if (protocol === 3) both.resp3();
    for (const line of ["WHOAMI", "USERS", "LIST", "GETUSER default", "GETUSER nobody", "GETUSER Default"]) {
      both.same(`ACL ${line}`);
    }
    both.same("CONFIG SET requirepass secret");
    both.same("ACL LIST");
    both.same("ACL GETUSER default");
    both.same("ACL WHOAMI");
    const other = both.client(`other ${protocol}`);
    other.same("ACL WHOAMI");
    other.same("AUTH secret");
    other.same("ACL WHOAMI");
    both.same("CONFIG SET requirepass ''");
    both.same("ACL LIST");
  }
});

compat("ACL CAT", (both) => {
  both.sameSet("ACL CAT");
  both.same("ACL CAT nosuch");
  both.same("ACL CAT a b");
  const isOurs = (value: Plain) =>
    (value as string[]).includes("get") || (value as string[]).includes("acl|list");
  for (const category of ["read", "STRING", "admin", "dangerous", "fast", "write"]) {
    both.sameAfter(isOurs, `ACL CAT ${category}`);
  }
  both.sameSet("ACL CAT transaction");
});

compat("ACL GENPASS", (both) => {
  const length = (value: Plain) => [String(value).length, /^[0-9a-f]*$/.test(String(value))];
  for (const bits of ["", "1", "4", "5", "8", "255", "4096"]) both.sameAfter(length, `ACL GENPASS ${bits}`);
  for (const bits of ["0", "-1", "4097", "x", "5 6", "''"]) both.same(`ACL GENPASS ${bits}`);
});

compat("ACL DRYRUN of the default user", (both) => {
  for (
    const request of [
      "default get a",
      "default GET",
      "default set a b",
      "default config get x",
      "default config",
      "default config nosuch",
      "default config nosuch x",
      "default nosuch",
      "default ping",
      "default eval x",
      "nobody get a",
      "default",
    ]
  ) both.same(`ACL DRYRUN ${request}`);
});

/** Entries without what differs: how long ago, and the client's line. */
function entries(value: Plain): unknown {
  return (value as Plain[][]).map((entry) => entry.filter((_, i) => i !== 11 && i !== 13));
}

compat("ACL LOG", (both) => {
  both.same("ACL LOG RESET");
  for (const line of ["AUTH u p", "AUTH u p", "auth u p", "HELLO 3 AUTH u p", "AUTH v p", "AUTH u x"]) {
    both.same(line);
  }
  both.sameAfter(entries, "ACL LOG");
  for (const line of ["MULTI", "AUTH u p", "AUTH u p", "EXEC"]) both.same(line);
  both.same(["EVAL", "return redis.pcall('auth','u','p')", "0"]);
  both.sameAfter(entries, "ACL LOG");
  for (const count of ["0", "1", "3", "-1", "100"]) both.sameAfter(entries, `ACL LOG ${count}`);
  for (const wrong of ["x", "1 2", "RESET x", "''"]) both.same(`ACL LOG ${wrong}`);
  both.same("ACL LOG reset");
  both.same("ACL LOG");
  both.same("CONFIG SET acllog-max-len 2");
  for (const user of ["a", "b", "c"]) both.same(`AUTH ${user} p`);
  both.sameAfter(entries, "ACL LOG");
  both.same("CONFIG SET acllog-max-len 128");
  both.same("ACL LOG RESET");
});

compat("ACL and wrong requests", (both) => {
  for (
    const line of [
      "ACL",
      "ACL NOSUCH",
      "ACL WHOAMI x",
      "ACL USERS x",
      "ACL LIST x",
      "ACL GETUSER",
      "ACL GETUSER a b",
      "ACL SETUSER",
      "ACL DELUSER",
      "ACL DELUSER nobody",
      "ACL DELUSER nobody default",
      "ACL LOAD",
      "ACL SAVE",
      "ACL LOAD x",
      "ACL HELP x",
    ]
  ) both.same(line);
  both.sameAfter((value) => Array.isArray(value) && value[0], "ACL HELP");
});
