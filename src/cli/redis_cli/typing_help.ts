/**
 * Hints and completion at a terminal. What they are made from is loaded while the first line is typed, so that the prompt is
 * there at once.
 */
import type { LineInput } from "../line_input.ts";
import type { Client } from "./client.ts";
import { HelpIndex, PREFERENCES } from "./command_help.ts";
import { type LineHelp, TerminalInput } from "./terminal_input.ts";

export class TypingHelp implements LineHelp {
  /** Everything is loaded: before that the server is not to be asked anything else. */
  readonly ready: Promise<void>;
  index: HelpIndex | undefined;
  #showsHints = true;

  constructor(input: LineInput, client: Client) {
    if (input instanceof TerminalInput) input.help = this;
    this.ready = this.#load(client);
  }

  async #load(client: Client): Promise<void> {
    this.index = await HelpIndex.ofOurs();
    const docs = await client.ask("COMMAND", "DOCS");
    if (docs !== undefined) this.index = this.index.with(docs);
  }

  showHints(shows: boolean): void {
    this.#showsHints = shows;
  }

  complete(text: string): readonly string[] {
    const preference = /^:set\s+/i.exec(text)?.[0];
    if (preference !== undefined) {
      return PREFERENCES.filter((name) => name.startsWith(text.slice(preference.length)))
        .map((name) => preference + name);
    }
    return this.index?.complete(text) ?? [];
  }

  hint(text: string): string | undefined {
    return this.#showsHints ? this.index?.hint(text) : undefined;
  }
}
