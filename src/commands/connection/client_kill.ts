/** CLIENT KILL: connections are closed by the server. */
import type { Args } from "../../args.ts";
import { defineCommand } from "../../command.ts";
import type { Client, Context } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import { clientKind, sharedAdmin } from "./client_shared.ts";

const noSuchClient = new ReplyError("ERR No such client");
const badId = new ReplyError("ERR client-id should be greater than 0");

/** What a client must be to be closed; what is absent does not matter. */
interface Filter {
  address?: string;
  localAddress?: string;
  kind?: string;
  user?: string;
  id?: number;
  sparesCaller: boolean;
}

function readFilter(args: Args): Filter {
  const filter: Filter = { sparesCaller: true };
  for (let i = 2; i < args.count; i += 2) {
    if (i + 1 >= args.count) throw syntaxError;
    const value = i + 1;
    if (args.is(i, "id")) {
      filter.id = args.integer(value, badId);
      if (filter.id < 1) throw badId;
    } else if (args.is(i, "type")) {
      filter.kind = clientKind(args, value);
    } else if (args.is(i, "addr")) {
      filter.address = args.text(value);
    } else if (args.is(i, "laddr")) {
      filter.localAddress = args.text(value);
    } else if (args.is(i, "user")) {
      filter.user = args.text(value);
      // The one user there is.
      if (filter.user !== "default") throw new ReplyError(`ERR No such user '${args.shown(value)}'`);
    } else if (args.is(i, "skipme")) {
      if (args.is(value, "yes")) filter.sparesCaller = true;
      else if (args.is(value, "no")) filter.sparesCaller = false;
      else throw syntaxError;
    } else {
      throw syntaxError;
    }
  }
  return filter;
}

function matches(client: Client, filter: Filter): boolean {
  const { address, localAddress, kind, user, id } = filter;
  return (address === undefined || address === client.address) &&
    (localAddress === undefined || localAddress === client.localAddress) &&
    (kind === undefined || kind === client.kind) &&
    (user === undefined || (user === client.user && client.authenticated)) &&
    (id === undefined || id === client.id);
}

/** Closes the clients that a filter lets through; how many there were. */
function kill({ client: caller, server }: Context, filter: Filter): number {
  const victims = [...server.clients.all()].filter((client) =>
    matches(client, filter) && !(filter.sparesCaller && client === caller)
  );
  for (const victim of victims) server.clients.kill(victim, caller);
  return victims.length;
}

export const clientKill = defineCommand({
  ...sharedAdmin,
  name: "KILL",
  since: "2.4.0",
  summary: "Closes the connections of a peer, or those that some filters choose",
  syntax:
    "ip:port | [ID client-id] [TYPE NORMAL | MASTER | SLAVE | REPLICA | PUBSUB] [USER username] [ADDR ip:port] [LADDR ip:port] [SKIPME yes/no]",
  arity: -3,
  run(context, args, reply) {
    if (args.count === 3) {
      if (kill(context, { address: args.text(2), sparesCaller: false }) === 0) throw noSuchClient;
      return reply.ok();
    }
    reply.integer(kill(context, readFilter(args)));
  },
});
