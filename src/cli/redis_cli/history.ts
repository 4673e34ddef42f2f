/**
 * The lines that were typed, kept in a file of the user's: one line each, the oldest first, readable for nobody else. What
 * holds a password is never kept.
 */
import type { CliEnvironment } from "./environment.ts";

const LINES_MAX = 1000;
/** More than this many lines in the file, and it is cut when it is read. */
const FILE_LINES_MAX = 2 * LINES_MAX;

export class History {
  readonly #lines: string[];
  readonly #path: string | undefined;

  private constructor(lines: string[], path: string | undefined) {
    this.#lines = lines;
    this.#path = path;
  }

  /** Without a file: for as long as the program runs. */
  static inMemory(lines: readonly string[] = []): History {
    return new History([...lines], undefined);
  }

  /** Reads the file; one that cannot be read holds nothing. */
  static open(path: string | undefined): History {
    if (path === undefined) return History.inMemory();
    let lines: string[] = [];
    try {
      lines = Deno.readTextFileSync(path).split("\n").filter((line) => line !== "");
      if (lines.length > FILE_LINES_MAX) {
        Deno.writeTextFileSync(path, lines.slice(-LINES_MAX).join("\n") + "\n", { mode: 0o600 });
      }
    } catch (error) {
      if (!isFileError(error)) throw error;
    }
    return new History(lines.slice(-LINES_MAX), path);
  }

  /** The oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Keeps a line, unless it is the last one again. */
  add(line: string): void {
    if (line === "" || line === this.#lines.at(-1)) return;
    this.#lines.push(line);
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
    if (this.#path === undefined) return;
    try {
      Deno.writeTextFileSync(this.#path, `${line}\n`, { append: true, create: true, mode: 0o600 });
    } catch (error) {
      // A history that cannot be kept is no reason not to work.
      if (!isFileError(error)) throw error;
    }
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.IsADirectory ||
    (error instanceof Error && "code" in error);
}

/** The path of a file of the user's: a variable names it, `/dev/null` says that there is none. */
export function userFile(
  environment: CliEnvironment,
  variable: string,
  name: string,
): string | undefined {
  const named = environment.get(variable);
  if (named === "/dev/null") return undefined;
  if (named !== undefined && named !== "") return named;
  const home = environment.get("HOME") ?? environment.get("USERPROFILE");
  return home ? `${home}/${name}` : undefined;
}

/** Whether a command tells a password, and so is kept nowhere. */
export function isSecret(words: readonly string[]): boolean {
  const [command, first] = words.map((word) => word.toLowerCase());
  const has = (...names: readonly string[]) =>
    words.slice(1).some((word) => names.includes(word.toLowerCase()));
  switch (command) {
    case "auth":
      return true;
    case "acl":
      return first === "setuser";
    case "config":
      return first === "set" && has("masterauth", "masteruser", "requirepass", "tls-key-file-pass");
    case "hello":
      return has("auth");
    case "migrate":
      return has("auth", "auth2");
    case "sentinel":
      return has("auth-pass", "sentinel-pass");
    default:
      return false;
  }
}
