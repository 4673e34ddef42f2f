/** CLIENT ID, INFO and LIST: who is connected. */
import { defineCommand } from "../../command.ts";
import type { Client, Context } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import type { Args } from "../../args.ts";
import { clientKind, shared, sharedAdmin } from "./client_shared.ts";

const invalidId = new ReplyError("ERR Invalid client ID");

export const clientId = defineCommand({
  ...shared,
  name: "ID",
  since: "5.0.0",
  summary: "Gives the number of the connection, which no other one ever has",
  syntax: "",
  arity: 2,
  run: ({ client }, _args, reply) => reply.integer(client.id),
});

export const clientInfo = defineCommand({
  ...shared,
  name: "INFO",
  since: "6.2.0",
  summary: "Describes the connection in one line",
  syntax: "",
  arity: 2,
  tips: ["nondeterministic_output"],
  run: ({ client }, _args, reply) => reply.verbatim(`${client.describe()}\n`),
});

/** The clients that CLIENT LIST is asked for. */
function* chosen({ server }: Context, args: Args): Iterable<Client> {
  const { clients } = server;
  if (args.count === 2) {
    yield* clients.all();
  } else if (args.is(2, "type") && args.count === 4) {
    const kind = clientKind(args, 3);
    for (const client of clients.all()) if (client.kind === kind) yield client;
  } else if (args.is(2, "id") && args.count > 3) {
    const ids: number[] = [];
    for (let i = 3; i < args.count; i++) ids.push(args.integer(i, invalidId));
    for (const id of ids) {
      const client = clients.byId(id);
      if (client !== undefined) yield client;
    }
  } else {
    throw syntaxError;
  }
}

export const clientList = defineCommand({
  ...sharedAdmin,
  name: "LIST",
  since: "2.4.0",
  summary: "Describes the connected clients, a line each",
  syntax: "[TYPE NORMAL | MASTER | REPLICA | PUBSUB] [ID client-id [client-id ...]]",
  arity: -2,
  tips: ["nondeterministic_output"],
  run(context, args, reply) {
    let text = "";
    for (const client of chosen(context, args)) text += `${client.describe()}\n`;
    reply.verbatim(text);
  },
});
