/**
 * Commands that are typed, or that come as lines from standard input: read, run, print, until there are no more. Some lines
 * are for the program itself: `help`, `quit`, `connect`, `clear` and what begins with a colon.
 */
import { plainText, splitWords } from "../../server/config/tokens.ts";
import type { LineInput } from "../line_input.ts";
import { shown } from "../terminal.ts";
import { Client } from "./client.ts";
import { isSecret, userFile } from "./history.ts";
import type { CliSettings } from "./settings.ts";
import type { CliWorld } from "./world.ts";

/** Ms from which on it is told how long a command took. */
const SLOW_MS = 500;
const REPEAT_MAX = 2 ** 31 - 1;

/** Runs the program; the exit code. */
export async function interactive(settings: CliSettings, world: CliWorld): Promise<number> {
  using client = new Client(settings, world.terminal, true);
  const shell = new Shell(client, world, await world.lines());
  using _interrupts = world.onInterrupt(() => {
    if (!client.interrupt()) world.exit(1);
  });
  await client.connect();
  return await shell.run();
}

class Shell {
  readonly #client: Client;
  readonly #world: CliWorld;
  readonly #input: LineInput;
  /** Present at a terminal. */
  #typed: import("./typing_help.ts").TypingHelp | undefined;

  constructor(client: Client, world: CliWorld, input: LineInput) {
    this.#client = client;
    this.#world = world;
    this.#input = input;
  }

  async run(): Promise<number> {
    if (this.#input.remember !== undefined) await this.#prepareTyping();
    for (;;) {
      const line = await this.#input.read(this.#client.prompt);
      if (line === undefined) return 0;
      if (line === "") continue;
      const words = splitWords(line);
      if (words === undefined || !isSecret(words)) this.#input.remember?.(line);
      if (words === undefined) this.#print("Invalid argument(s)\n");
      else if (words.length > 0 && await this.#take(words) === "quit") return 0;
    }
  }

  async #prepareTyping(): Promise<void> {
    const { TypingHelp } = await import("./typing_help.ts");
    this.#typed = new TypingHelp(this.#input, this.#client);
    const path = userFile(this.#world.environment, "REDISCLI_RCFILE", ".redisclirc");
    let preferences = "";
    try {
      if (path !== undefined) preferences = Deno.readTextFileSync(path);
    } catch {
      // There need not be one.
    }
    for (const line of preferences.split("\n")) {
      const words = splitWords(line.trim());
      if (words?.[0]?.startsWith(":")) this.#prefer(words, ".redisclirc: ");
    }
  }

  /** Does what a line says. */
  async #take(words: readonly string[]): Promise<"quit" | void> {
    await this.#typed?.ready;
    const command = words[0]!.toLowerCase();
    if (words.length > 1 && /^[+-]?\d+$/.test(command)) return await this.#repeat(words);
    switch (command) {
      case "quit":
      case "exit":
        return "quit";
      case "restart":
        return this.#print("Use 'restart' only in Lua debugging mode.\n");
      case "clear":
        return this.#print("\x1b[H\x1b[2J");
      case "help":
      case "?":
        return await explainCommands(words.slice(1), this.#world, this.#typed);
    }
    if (command.startsWith(":")) return this.#prefer(words, "");
    if (command === "connect" && words.length === 3) {
      return await this.#client.connectTo(plainText(words[1]!), parseInt(words[2]!, 10) || 0);
    }
    // -r is for the command of the command line.
    await this.#run(words, 1);
  }

  async #repeat(words: readonly string[]): Promise<void> {
    const times = Number(words[0]);
    if (times > 0 && times <= REPEAT_MAX) await this.#run(words.slice(1), times);
    else this.#print("Invalid redis-cli repeat command option value.\n");
  }

  async #run(words: readonly string[], repeat: number): Promise<void> {
    const began = performance.now();
    await this.#client.run(words, repeat);
    const took = performance.now() - began;
    if (took >= SLOW_MS && this.#client.format === "standard") {
      this.#print(`(${(took / 1000).toFixed(2)}s)\n`);
    }
  }

  /** @param place stands before what is complained of */
  #prefer(words: readonly string[], place: string): void {
    const [command, preference] = words;
    if (command!.toLowerCase() !== ":set" || preference === undefined) {
      this.#print(`${place}unknown redis-cli internal command '${command}'\n`);
    } else if (/^(no)?hints$/i.test(preference)) {
      this.#typed?.showHints(preference.toLowerCase() === "hints");
    } else {
      this.#print(`${place}unknown redis-cli preference '${preference}'\n`);
    }
  }

  #print(text: string): void {
    this.#world.terminal.print(text);
  }
}

/** `help`, alone or with words. */
export async function explainCommands(
  words: readonly string[],
  { terminal }: CliWorld,
  typed?: import("./typing_help.ts").TypingHelp,
): Promise<void> {
  const { HELP_TEXT, HelpIndex } = await import("./command_help.ts");
  const index = typed?.index ?? await HelpIndex.ofOurs();
  terminal.print(words.length === 0 ? shown(HELP_TEXT) : shown(index.explain(words, terminal.isTerminal)));
}
