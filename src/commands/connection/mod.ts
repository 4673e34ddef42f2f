/** The commands of group connection. */
import type { CommandSpec } from "../../command.ts";
import { acl } from "./acl.ts";
import { auth } from "./auth.ts";
import { client } from "./client.ts";
import { echo } from "./echo.ts";
import { hello } from "./hello.ts";
import { ping } from "./ping.ts";
import { quit, reset } from "./quit.ts";
import { select } from "./select.ts";

export const connectionCommands: readonly CommandSpec[] = [
  acl,
  auth,
  client,
  echo,
  hello,
  ping,
  quit,
  reset,
  select,
];
