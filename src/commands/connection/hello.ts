/** HELLO: the protocol version, and with it login and name, in one go. */
import type { Args } from "../../args.ts";
import { defineCommand } from "../../command.ts";
import type { Context } from "../../context.ts";
import { ReplyError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { REDIS_VERSION } from "../../sys/version.ts";
import { logIn } from "./auth.ts";
import { setName } from "./client_name.ts";

const notAVersion = new ReplyError("ERR Protocol version is not an integer or out of range");
const unsupportedVersion = new ReplyError("NOPROTO unsupported protocol version");
const mustLogIn = new ReplyError(
  "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time",
);

/** Carries out the options one after the other, so that those before a wrong one have happened. */
function takeOptions(context: Context, args: Args): void {
  for (let i = 2; i < args.count; i++) {
    const more = args.count - 1 - i;
    if (args.is(i, "auth") && more >= 2) {
      logIn(context, args.text(i + 1), args, i + 2);
      i += 2;
    } else if (args.is(i, "setname") && more >= 1) {
      setName(context.client, args, ++i);
    } else {
      throw new ReplyError(`ERR Syntax error in HELLO option '${args.shown(i)}'`);
    }
  }
}

function describeServer({ client }: Context, reply: Reply): void {
  reply.map(7);
  reply.bulkText("server");
  reply.bulkText("redis");
  reply.bulkText("version");
  reply.bulkText(REDIS_VERSION);
  reply.bulkText("proto");
  reply.integer(client.protocol);
  reply.bulkText("id");
  reply.integer(client.id);
  reply.bulkText("mode");
  reply.bulkText("standalone");
  reply.bulkText("role");
  reply.bulkText("master");
  reply.bulkText("modules");
  reply.array(0);
}

export const hello = defineCommand({
  name: "HELLO",
  group: "connection",
  since: "6.0.0",
  summary: "Chooses the protocol version, and can log in and name the connection with it",
  complexity: "O(1)",
  syntax: "[protover [AUTH username password] [SETNAME clientname]]",
  arity: -1,
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  categories: ["connection"],
  run(context, args, reply) {
    const { client } = context;
    let version: 2 | 3 = client.protocol;
    if (args.count > 1) {
      const asked = args.integer(1, notAVersion);
      if (asked !== 2 && asked !== 3) throw unsupportedVersion;
      version = asked;
    }
    takeOptions(context, args);
    if (!client.authenticated) throw mustLogIn;
    client.protocol = version;
    describeServer(context, reply);
  },
});
