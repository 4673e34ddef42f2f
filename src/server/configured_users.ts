/**
 * What a configuration says about users, while there is one: `default`, who may do everything and whose password is
 * `requirepass`. A server that passed over the rest would be open to those whom it is to keep out, so it does not start.
 * What CONFIG REWRITE of the reference writes about that one user is accepted.
 */
import { latin1 } from "../sys/bytes.ts";

export interface UserLine {
  readonly name: string;
  /** One character a byte. */
  readonly rules: readonly string[];
}

/** What changes nothing of a user who may do everything. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  ...["on", "~*", "allkeys", "&*", "allchannels", "+@all", "allcommands", "reset", "resetpass", "resetkeys"],
  ...["resetchannels", "sanitize-payload"],
]);

/**
 * Why the server must not start with these users, or undefined.
 * @param password `requirepass`, "" without one; one character a byte
 */
export async function whyNotWithUsers(
  users: readonly UserLine[],
  aclFile: string,
  password: string,
): Promise<string | undefined> {
  if (aclFile !== "") return refusal(`aclfile ${aclFile}`);
  for (const { name, rules } of users) {
    if (name !== "default") return refusal(`user ${name}`);
    const opening = password === "" ? ["nopass"] : [`>${password}`, `#${await sha256(password)}`];
    for (const rule of rules) {
      if (!WITHOUT_EFFECT.has(rule.toLowerCase()) && !opening.includes(rule)) return refusal("user default");
    }
    // The rights that are taken back and not given again, and a password that is missing.
    const given = rules.map((rule) => rule.toLowerCase());
    if (!isWhole(given) || !rules.some((rule) => opening.includes(rule))) return refusal("user default");
  }
  return undefined;
}

/** Whether what was reset last, or never given, is given in the end. */
function isWhole(rules: readonly string[]): boolean {
  const last = (...words: string[]) => Math.max(...words.map((word) => rules.lastIndexOf(word)));
  return last("on") > last("reset") &&
    last("~*", "allkeys") > last("reset", "resetkeys") &&
    last("&*", "allchannels") > last("reset", "resetchannels") &&
    last("+@all", "allcommands") > last("reset");
}

function refusal(what: string): string {
  return `Can't start with '${what}': redeno knows one user, 'default', who may do everything. ` +
    "Set his password by requirepass, and remove this directive.";
}

async function sha256(text: string): Promise<string> {
  const bytes = new Uint8Array(latin1(text));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
