/** What a client says about itself: CLIENT SETNAME, GETNAME, SETINFO. */
import type { Args } from "../../args.ts";
import { defineCommand } from "../../command.ts";
import type { Client } from "../../context.ts";
import { ReplyError } from "../../errors.ts";
import type { Slice } from "../../sys/bytes.ts";
import { shared } from "./client_shared.ts";

const badName = new ReplyError("ERR Client names cannot contain spaces, newlines or special characters.");

const FIRST_PRINTABLE = 0x21;
const LAST_PRINTABLE = 0x7e;

/** Whether a text can stand in a line of CLIENT LIST. */
function isPlain({ bytes, start, end }: Slice): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i]! < FIRST_PRINTABLE || bytes[i]! > LAST_PRINTABLE) return false;
  }
  return true;
}

/** Names a client as argument `i` says; an empty name takes the name away. @throws ReplyError */
export function setName(client: Client, args: Args, i: number): void {
  if (!isPlain(args.at(i))) throw badName;
  client.name = args.text(i);
}

export const clientSetname = defineCommand({
  ...shared,
  name: "SETNAME",
  since: "2.6.9",
  summary: "Names the connection",
  syntax: "connection-name",
  arity: 3,
  run({ client }, args, reply) {
    setName(client, args, 2);
    reply.ok();
  },
});

export const clientGetname = defineCommand({
  ...shared,
  name: "GETNAME",
  since: "2.6.9",
  summary: "Gives the name of the connection",
  syntax: "",
  arity: 2,
  run({ client }, _args, reply) {
    if (client.name === "") reply.nil();
    else reply.bulkText(client.name);
  },
});

export const clientSetinfo = defineCommand({
  ...shared,
  name: "SETINFO",
  since: "7.2.0",
  summary: "Tells which client library uses the connection, and its version",
  syntax: "LIB-NAME libname | LIB-VER libver",
  arity: 4,
  addition: "Client libraries send it when they connect; CLIENT LIST shows what they said",
  run({ client }, args, reply) {
    const isName = args.is(2, "lib-name");
    if (!isName && !args.is(2, "lib-ver")) {
      throw new ReplyError(`ERR Unrecognized option '${args.shown(2)}'`);
    }
    if (!isPlain(args.at(3))) {
      throw new ReplyError(`ERR ${args.shown(2)} cannot contain spaces, newlines or special characters.`);
    }
    if (isName) client.libraryName = args.text(3);
    else client.libraryVersion = args.text(3);
    reply.ok();
  },
});
