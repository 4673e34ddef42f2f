/** What the completions of all shells are made from. */
import { commandSpecs } from "../commands/mod.ts";
import { optionsOf, type OptionSpec, type ValueCompletion } from "./options.ts";
import { specOf } from "./program_specs.ts";
import { PROGRAM_NAMES, PROGRAM_WORDS, type ProgramName, REFERENCE_NAMES } from "./programs.ts";

export interface CompletedOption {
  readonly names: readonly string[];
  /** The first sentence of what it does, without the full stop. */
  readonly help: string;
  /** What the value is called; undefined: it takes none. */
  readonly value: string | undefined;
  readonly completes: ValueCompletion | undefined;
  /** Whether the value is a list of its words, separated by commas. */
  readonly isList: boolean;
}

export interface CompletedProgram {
  readonly name: ProgramName;
  /** First arguments of redeno that choose it. */
  readonly words: readonly string[];
  /** The executable of the reference that it stands for. */
  readonly calledAs: string | undefined;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** What stands behind the options: commands of the server, files, or one of these words. */
  readonly rest: "commands" | "file" | readonly string[];
}

export interface CompletionData {
  readonly programs: readonly CompletedProgram[];
  /** Commands of the server, in lower case. */
  readonly commands: readonly string[];
}

const RESTS: Readonly<Record<ProgramName, CompletedProgram["rest"]>> = {
  server: "file",
  cli: "commands",
  "--eval": "file",
  benchmark: "commands",
  "check-aof": "file",
  "check-rdb": "file",
  healthcheck: [],
  sentinel: "file",
  completions: ["bash", "zsh", "fish"],
  help: [...PROGRAM_WORDS.keys()],
};

export async function completedPrograms(): Promise<CompletionData> {
  return {
    programs: await Promise.all(PROGRAM_NAMES.map(completedProgram)),
    commands: commandSpecs.map(({ name }) => name.toLowerCase()).sort(),
  };
}

async function completedProgram(name: ProgramName): Promise<CompletedProgram> {
  const spec = await specOf(name);
  return {
    name,
    words: [...PROGRAM_WORDS].filter(([, program]) => program === name).map(([word]) => word),
    calledAs: [...REFERENCE_NAMES].find(([, program]) => program === name)?.[0],
    summary: spec.summary,
    options: optionsOf(spec).filter((option) => !option.isHidden).map(completedOption),
    rest: RESTS[name],
  };
}

function completedOption({ names, help, value, completes }: OptionSpec<unknown>): CompletedOption {
  return {
    names,
    help: /^.*?(?=[.;:](\s|$)|$)/.exec(help)![0],
    value,
    completes,
    // Lists are called by a plural.
    isList: Array.isArray(completes) && (value ?? "").endsWith("s"),
  };
}

/** A text as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
