/** Lines that somebody types, or that come from a file: standard input, or what a test has in its place. */
import { latin1, latin1Text } from "../sys/bytes.ts";

export interface LineInput {
  /** The next line, one character a byte; undefined at the end. @param prompt is shown to people */
  read(prompt: string): Promise<string | undefined>;
  /** Keeps a line, to be offered again. */
  remember?(line: string): void;
}

const CHUNK_BYTES = 4096;

/** Standard input. */
export class StandardInput implements LineInput {
  readonly #chunk: Uint8Array<ArrayBuffer> = new Uint8Array(CHUNK_BYTES);
  #pending = "";
  #isOver = false;

  async read(prompt: string): Promise<string | undefined> {
    if (Deno.stdin.isTerminal()) Deno.stdout.writeSync(latin1(prompt));
    for (;;) {
      const end = this.#pending.indexOf("\n");
      if (end >= 0) {
        const line = this.#pending.slice(0, end);
        this.#pending = this.#pending.slice(end + 1);
        return line;
      }
      if (this.#isOver) return this.#last();
      const count = await Deno.stdin.read(this.#chunk);
      if (count === null) this.#isOver = true;
      else this.#pending += latin1Text(this.#chunk, 0, count);
    }
  }

  /** A line that nothing ends. */
  #last(): string | undefined {
    const line = this.#pending;
    this.#pending = "";
    return line === "" ? undefined : line;
  }
}
