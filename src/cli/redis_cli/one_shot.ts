/** One command from the command line: sent, its reply printed, and that was it. */
import { latin1Text } from "../../sys/bytes.ts";
import { Client } from "./client.ts";
import { explainCommands } from "./interactive.ts";
import { quotedWord } from "./quoted.ts";
import type { CliSettings } from "./settings.ts";
import type { CliWorld } from "./world.ts";

/** Runs the command; the exit code. @param args as they were typed, at least one */
export async function oneShot(
  settings: CliSettings,
  args: readonly string[],
  world: CliWorld,
): Promise<number> {
  const words = await wordsOf(settings, args, world);
  if (words === undefined) return 1;
  const command = words[0]!.toLowerCase();
  if (command === "help" || command === "?") {
    await explainCommands(words.slice(1), world);
    return 0;
  }
  using client = new Client(settings, world.terminal, false);
  return await client.run(words, settings.repeat) === "replied" ? 0 : 1;
}

/** The words of the command, one character a byte; undefined when they are wrong, which has been printed. */
async function wordsOf(
  settings: CliSettings,
  args: readonly string[],
  world: CliWorld,
): Promise<string[] | undefined> {
  const words: string[] = [];
  for (const arg of args) {
    const word = quotedWord(arg, settings.quotedInput);
    if (word === undefined) {
      world.terminal.print("Invalid quoted string\n");
      return undefined;
    }
    words.push(word);
  }
  if (settings.readsLastArgument) return [...words, await allOf(world.stdin())];
  if (settings.stdinTag === undefined) return words;
  const at = args.indexOf(settings.stdinTag);
  if (at >= 0) return words.with(at, await allOf(world.stdin()));
  world.terminal.printError("Using -X option but stdin tag not match.\n");
  return undefined;
}

async function allOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const texts: string[] = [];
  for await (const piece of pieces) texts.push(latin1Text(piece));
  return texts.join("");
}
