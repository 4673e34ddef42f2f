/** Which arguments of a request are passwords: what shows requests to people (MONITOR, the slow log, crash reports) leaves them out. */
import type { Args } from "../args.ts";
import type { Command } from "../command_table.ts";

const SECRET_DIRECTIVES: ReadonlySet<string> = new Set(["requirepass", "masterauth", "masteruser"]);
/** Directives whose value the reference shows, though it opens a private key. */
const KEY_PASSES: ReadonlySet<string> = new Set(["tls-key-file-pass", "tls-client-key-file-pass"]);

/** Which arguments are secrets; undefined where none is, as of nearly all commands. */
export function secretsOf(command: Command, args: Args): ((index: number) => boolean) | undefined {
  switch (command.name) {
    case "auth":
      return (index) => index > 0;
    case "acl|setuser":
      return (index) => index > 1;
    case "hello":
      return helloSecrets(args);
    case "config|set":
      return (index) => index > 2 && index % 2 === 1 && isSecretDirective(args.text(index - 1));
    case "migrate":
      return migrateSecrets(args);
    default:
      return undefined;
  }
}

function isSecretDirective(name: string): boolean {
  const lower = name.toLowerCase();
  return SECRET_DIRECTIVES.has(lower) || KEY_PASSES.has(lower);
}

/** What stands behind AUTH: a user and a password. */
function helloSecrets(args: Args): (index: number) => boolean {
  return (index) =>
    index > 1 && ((index > 2 && args.is(index - 1, "auth")) || (index > 3 && args.is(index - 2, "auth")));
}

/** A password behind AUTH, or a user and a password behind AUTH2; keys, behind KEYS, are none. */
function migrateSecrets(args: Args): (index: number) => boolean {
  return (index) =>
    index > 6 && (args.is(index - 1, "auth") || args.is(index - 1, "auth2") || args.is(index - 2, "auth2"));
}
