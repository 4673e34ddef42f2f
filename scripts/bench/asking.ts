/** Asking a server during a measurement: replies that take minutes, INFO fields, and waiting for one to change. */
import { encodeCommand, formatReply, plain, type RespClient } from "../../test/support/resp_client.ts";
import { toArgs } from "../../test/support/split_args.ts";

/** The longest that one command, or one background job, may take. */
export const PATIENCE_MS = 15 * 60_000;

/** Sends a command and waits for its reply, however long it takes; an error when the reply is one. */
export async function ask(client: RespClient, ...args: readonly string[]): Promise<string> {
  await client.write(encodeCommand(toArgs(args)));
  const { value } = await client.receive(PATIENCE_MS);
  if (value.kind === "error") throw new Error(`${args.join(" ")} was answered ${formatReply(value)}`);
  return String(plain(value));
}

/** The fields of a section of INFO. */
export async function infoFields(client: RespClient, section: string): Promise<ReadonlyMap<string, string>> {
  const text = await ask(client, "INFO", section);
  const fields = text.split("\r\n").filter((line) => line.includes(":"));
  return new Map(fields.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}

/** A field that is a number; an error when the server does not tell it. */
export function numberOf(fields: ReadonlyMap<string, string>, name: string): number {
  const value = Number(fields.get(name) ?? NaN);
  if (Number.isNaN(value)) throw new Error(`INFO has no number ${name}`);
  return value;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks for the section every `everyMs` until all of these fields are 0; what it said last. */
export async function untilZero(
  client: RespClient,
  section: string,
  names: readonly string[],
  everyMs: number,
): Promise<ReadonlyMap<string, string>> {
  const deadline = performance.now() + PATIENCE_MS;
  while (true) {
    const fields = await infoFields(client, section);
    if (names.every((name) => numberOf(fields, name) === 0)) return fields;
    if (performance.now() > deadline) throw new Error(`${names.join(", ")} did not become 0`);
    await pause(everyMs);
  }
}
