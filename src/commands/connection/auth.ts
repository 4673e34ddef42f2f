/** AUTH, and what it shares with HELLO: logging a client in. */
import type { Args } from "../../args.ts";
import { defineCommand } from "../../command.ts";
import type { Context } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";

const wrongPassword = new ReplyError("WRONGPASS invalid username-password pair or user is disabled.");
const noPasswordSet = new ReplyError(
  "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
);

const DEFAULT_USER = "default";

/** Logs a client in with the password at argument `i`. @throws ReplyError when user or password is wrong */
export function logIn({ client, server }: Context, user: string, args: Args, i: number): void {
  if (!server.checkPassword(user, args.at(i).view())) {
    server.observation.aclLog.loginFailed(client, user, args.text(0));
    throw wrongPassword;
  }
  client.user = user;
  client.authenticated = true;
}

export const auth = defineCommand({
  name: "AUTH",
  group: "connection",
  since: "1.0.0",
  summary: "Logs the connection in",
  complexity: "O(N) where N is the number of passwords of the user",
  syntax: "[username] password",
  arity: -2,
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  categories: ["connection"],
  run(context, args, reply) {
    if (args.count > 3) throw syntaxError;
    if (args.count === 3) {
      logIn(context, args.text(1), args, 2);
    } else {
      if (!context.server.passwordRequired) throw noPasswordSet;
      logIn(context, DEFAULT_USER, args, 1);
    }
    reply.ok();
  },
});
