/**
 * The command line as configuration: which file, whether standard input, and the `--directive value` options turned
 * into lines of a file, which is what the reference does and why its error messages count these lines.
 */
import { byteText, quote, splitWords } from "./tokens.ts";

export interface CommandLine {
  /** The configuration file as it was given, or undefined. May hold `* ? [` for several. */
  readonly file: string | undefined;
  /** Whether standard input is to be read after the file: `-` as the first or last argument. */
  readonly readsStdin: boolean;
  /** Lines for the options, in text of one character a byte. */
  readonly options: string;
  /** Whether `--sentinel` is among the arguments. */
  readonly isSentinel: boolean;
}

/**
 * Reads the arguments of the server, without the name of the program and after `--version`, `--help` and the like
 * were looked for.
 *
 * An argument that starts with `--` begins a line, unless it directly follows a name without value: then it is the
 * value. `--save` is the exception: followed by an option, or at the end, it means `save ""`.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const rest = [...args];
  let file: string | undefined;
  let readsStdin = false;
  if (rest[0] === "-") {
    readsStdin = true;
    rest.shift();
  } else if (rest[0] !== undefined && !rest[0].startsWith("-")) {
    file = rest.shift();
  }
  if (rest.at(-1) === "-") {
    readsStdin = true;
    rest.pop();
  }
  return {
    file,
    readsStdin,
    options: optionLines(rest.map(byteText)),
    isSentinel: args.includes("--sentinel"),
  };
}

function optionLines(args: readonly string[]): string {
  let lines = "";
  let startsOption = true;
  for (const [i, arg] of args.entries()) {
    if (!arg.startsWith("--") || !startsOption) {
      lines += quote(arg) + " ";
      startsOption = true;
      continue;
    }
    if (lines !== "") lines += "\n";
    lines += arg.slice(2) + " ";
    // "--port 6380" in one argument brings its value along; so does, for good or bad, a name that is no single word.
    startsOption = splitWords(arg)?.length !== 1;
    if (startsOption) continue;
    const isBeforeOption = args[i + 1]?.startsWith("--") ?? false;
    const name = arg.toLowerCase();
    if (name === "--save" && (isBeforeOption || i === args.length - 1)) {
      lines += '""';
      startsOption = true;
    } else if (name === "--sentinel" && isBeforeOption) {
      startsOption = true;
    }
  }
  return lines;
}
