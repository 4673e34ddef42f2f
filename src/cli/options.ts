/**
 * The command line of a program, declared once: what each option is called, what value it takes, what it does and how it
 * is explained. Parsing, `--help`, shell completions and docs/cli.md are made from the declaration.
 *
 * As the programs of the reference read theirs: an option is an argument of its own that begins with a dash, its value is
 * the argument behind it, a later option wins over an earlier one, and the first argument without a dash ends the options.
 */
import { REDENO_VERSION, REDIS_VERSION } from "../sys/version.ts";
import { shown, UsageError } from "./terminal.ts";

/** What completes the value of an option in a shell: files, folders, or one of these words. */
export type ValueCompletion = "file" | "folder" | readonly string[];

/** One option of a program whose settings are an `S`. */
export interface OptionSpec<S> {
  /** All its names with their dashes, the one to be shown first: `["-a", "--pass"]`. */
  readonly names: readonly string[];
  /** What the value is called in texts (`hostname`); absent: the option takes none. */
  readonly value?: string;
  /** What it does: a sentence or two, without the default. */
  readonly help: string;
  readonly completes?: ValueCompletion;
  /** Understood, but shown nowhere: an older name of something. */
  readonly isHidden?: boolean;
  /** The arguments behind it are not looked at: it says all there is to do. */
  readonly isLast?: boolean;
  /** The default as texts show it, read from settings that nothing has changed. */
  default?(fresh: S): string;
  /**
   * Takes the option over into the settings.
   * @param value "" where there is none
   * @param name under which name it was given, for messages
   * @throws UsageError
   */
  take(settings: S, value: string, name: string): void;
  /** What it means without a value as the very last argument. Absent: that is an error. */
  takeAlone?(settings: S): void;
}

/** Options that belong together, under a title such as `Connection`. */
export interface OptionSection<S> {
  readonly title: string;
  readonly options: readonly OptionSpec<S>[];
}

/** A line of a shell and what it does. */
export interface Example {
  readonly line: string;
  readonly what: string;
}

/** A variable of the environment, a file or an exit status, and what it means. */
export interface Note {
  readonly name: string;
  readonly text: string;
}

/** A program. Texts are in Unicode. `ProgramSpec<unknown>` stands for any. */
export interface ProgramSpec<S> {
  /** The argument of redeno that chooses it: `cli`. */
  readonly name: string;
  /** The program of the reference whose place it takes, a name by which it may be called, too: `redis-cli`. */
  readonly standsFor?: string;
  /** One sentence, without a full stop. */
  readonly summary: string;
  /** What may stand behind the name, a line for each way: `[OPTIONS] [command [argument ...]]`. */
  readonly synopsis: readonly string[];
  /** Paragraphs. */
  readonly description?: readonly string[];
  readonly sections: readonly OptionSection<S>[];
  readonly environment?: readonly Note[];
  readonly files?: readonly Note[];
  readonly exitCodes?: readonly Note[];
  readonly examples?: readonly Example[];
  /** What is complained of an option that there is not, or that lacks its value. Default: redis-cli's text. */
  unknownOption?(name: string): string;
  /** Settings as they are when nothing is said. */
  defaults(): S;
}

/** A program's command line, understood. */
export interface ParsedCommandLine<S> {
  readonly settings: S;
  /** The arguments behind the options. */
  readonly rest: readonly string[];
}

/** All options of a program in the order of its sections. */
export function optionsOf<S>(program: ProgramSpec<S>): readonly OptionSpec<S>[] {
  return program.sections.flatMap((section) => section.options);
}

/**
 * Reads the arguments of a program.
 * @param settings those to change; default: fresh ones
 * @throws UsageError
 */
export function parseOptions<S>(
  program: ProgramSpec<S>,
  argv: readonly string[],
  settings: S = program.defaults(),
): ParsedCommandLine<S> {
  const byName = new Map(optionsOf(program).flatMap((option) => option.names.map((name) => [name, option])));
  let at = 0;
  while (at < argv.length && argv[at]!.startsWith("-")) {
    const name = argv[at++]!;
    const option = byName.get(name);
    if (option === undefined) throw unknown(program, name);
    if (option.value === undefined) {
      option.take(settings, "", name);
    } else if (at < argv.length) {
      option.take(settings, argv[at++]!, name);
    } else if (option.takeAlone !== undefined) {
      option.takeAlone(settings);
    } else {
      throw unknown(program, name);
    }
    if (option.isLast) break;
  }
  return { settings, rest: argv.slice(at) };
}

function unknown<S>(program: ProgramSpec<S>, name: string): UsageError {
  return new UsageError(
    program.unknownOption?.(name) ?? `Unrecognized option or bad number of args for: '${name}'`,
  );
}

// ---- values -------------------------------------------------------------------------------------------------

/** The value of an option as an integer. @throws UsageError */
export function integerOf(option: string, value: string, least: number, most: number): number {
  const number = /^[+-]?\d+$/.test(value) ? Number(value) : NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`Invalid value for ${option}: '${value}' is not a number from ${least} to ${most}.`);
}

/** The value of an option in seconds, with a fraction if need be, as milliseconds. @throws UsageError */
export function secondsOf(option: string, value: string, most: number): number {
  const seconds = /^\+?(\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : NaN;
  if (seconds <= most) return seconds * 1000;
  throw new UsageError(`Invalid value for ${option}: '${value}' is not a number of seconds.`);
}

// ---- texts --------------------------------------------------------------------------------------------------

/** How an option is written: `-a, --pass <password>`. */
export function optionSynopsis(option: OptionSpec<unknown>): string {
  return option.names.join(", ") + (option.value === undefined ? "" : ` <${option.value}>`);
}

/** What it does, and its default. */
export function optionHelp<S>(program: ProgramSpec<S>, option: OptionSpec<S>): string {
  const standard = option.default?.(program.defaults());
  return standard === undefined ? option.help : `${option.help} Default: ${standard}.`;
}

const HELP_COLUMNS = 100;
const OPTION_COLUMNS = 25;

/** What `--version` prints. */
export function versionText<S>({ name, standsFor }: ProgramSpec<S>): string {
  return standsFor === undefined
    ? `redeno ${name} ${REDENO_VERSION}\n`
    : `${standsFor} ${REDIS_VERSION} (redeno ${REDENO_VERSION})\n`;
}

/** What `--help` prints, one character a byte: how the program is called, and all its options. */
export function usageText<S>(program: ProgramSpec<S>): string {
  const parts = [
    program.synopsis.map((way, i) =>
      `${i === 0 ? "Usage:" : "      "} redeno ${program.name} ${way}`.trimEnd()
    )
      .join("\n"),
    `${program.summary}.`,
    ...(program.description ?? []).map((paragraph) => wrapped(paragraph, 0)),
    ...program.sections.map((section) => sectionText(program, section)),
  ];
  for (
    const [title, notes] of [
      ["Environment", program.environment],
      ["Files", program.files],
      ["Exit codes", program.exitCodes],
    ] as const
  ) {
    if (notes !== undefined) {
      parts.push([`${title}:`, ...notes.map(({ name, text }) => entry(name, text))].join("\n"));
    }
  }
  const { examples } = program;
  if (examples !== undefined) {
    parts.push(["Examples:", ...examples.map(({ line, what }) => `  ${line}\n      ${what}`)].join("\n"));
  }
  return shown(parts.join("\n\n") + "\n");
}

function sectionText<S>(program: ProgramSpec<S>, { title, options }: OptionSection<S>): string {
  const lines = options.filter((option) => !option.isHidden)
    .map((option) => entry(optionSynopsis(option as OptionSpec<unknown>), optionHelp(program, option)));
  return [`${title}:`, ...lines].join("\n");
}

/** A name, and beside it what there is to say of it. */
function entry(name: string, text: string): string {
  const head = `  ${name}`;
  const body = wrapped(text, OPTION_COLUMNS);
  return head.length + 1 < OPTION_COLUMNS
    ? head.padEnd(OPTION_COLUMNS) + body
    : `${head}\n${" ".repeat(OPTION_COLUMNS)}${body}`;
}

/** Breaks a text into lines, all but the first one indented. */
function wrapped(text: string, indent: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent + line.length + 1 + word.length > HELP_COLUMNS) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n" + " ".repeat(indent));
}
