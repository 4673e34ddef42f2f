/**
 * The declarations of all programs, for texts that tell of them: help, shell completions, docs/cli.md. Programs that read
 * their options by them declare them at home; those that read their arguments as the reference does are described here.
 */
import { DIRECTIVES } from "../server/config/directives/mod.ts";
import type { Directive } from "../server/config/directive.ts";
import type { OptionSpec, ProgramSpec, ValueCompletion } from "./options.ts";
import type { ProgramName } from "./programs.ts";
import { PROGRAM_WORDS } from "./programs.ts";

/** The title under which the server's directives stand. */
export const DIRECTIVES_TITLE = "Directives";

/** The declaration of a program. */
export async function specOf(name: ProgramName): Promise<ProgramSpec<unknown>> {
  switch (name) {
    case "cli":
      return (await import("./redis_cli/settings.ts")).cliSpec;
    case "--eval":
      return (await import("./eval_options.ts")).evalSpec;
    case "benchmark":
      return (await import("./benchmark/benchmark_options.ts")).benchmarkSpec;
    case "healthcheck":
      return (await import("./healthcheck.ts")).healthcheckSpec;
    default:
      return DESCRIBED[name];
  }
}

/** An option that its program reads in its own way. */
function described(
  names: readonly string[],
  help: string,
  more: { readonly value?: string; readonly completes?: ValueCompletion; readonly standard?: string } = {},
): OptionSpec<unknown> {
  const { standard, ...rest } = more;
  return { names, help, ...rest, ...standard === undefined ? {} : { default: () => standard }, take() {} };
}

function describe(spec: Omit<ProgramSpec<unknown>, "defaults">): ProgramSpec<unknown> {
  return { ...spec, defaults: () => ({}) };
}

function directiveOption({ name, kind, initial, effect, isImmutable }: Directive): OptionSpec<unknown> {
  const when = effect === "kept"
    ? "Known, and not acted upon by this version."
    : isImmutable
    ? "Read when the server starts."
    : effect === "startup"
    ? "Acted upon when the server starts."
    : "CONFIG SET changes it.";
  const completes = completionOf(name, kind);
  return described([`--${name}`], when, {
    value: kind.type.replaceAll(" ", "-"),
    standard: initial === "" ? '""' : initial,
    ...completes === undefined ? {} : { completes },
  });
}

function completionOf(name: string, { type }: Directive["kind"]): ValueCompletion | undefined {
  if (type === "yes or no") return ["yes", "no"];
  if (type === "folder") return "folder";
  return /file$|^unixsocket$/.test(name) ? "file" : undefined;
}

const SERVER: ProgramSpec<unknown> = describe({
  name: "server",
  standsFor: "redis-server",
  summary: "Serves data to clients, as redis-server does; what redeno is without a program's name",
  synopsis: [
    "[/path/to/redis.conf] [--directive value ...] [-]",
    "- (read the configuration from standard input)",
  ],
  description: [
    "Every directive of redis.conf is an option. Options win over the file, and what standard input says (`-`, as the first " +
    "or the last argument) is read behind the file.",
  ],
  sections: [
    {
      title: "About",
      options: [
        described(["-v", "--version"], "Print the version."),
        described(["-h", "--help"], "Print how it is called, to standard error."),
      ],
    },
    {
      title: DIRECTIVES_TITLE,
      options: DIRECTIVES.filter(({ isHidden }) => !isHidden).map(directiveOption),
    },
  ],
  exitCodes: [
    { name: "0", text: "It was asked to end, and did." },
    { name: "1", text: "It could not start, or could not save its data at the end." },
  ],
  examples: [
    { line: "redeno", what: "127.0.0.1:6379; no file is needed." },
    { line: "redeno server /etc/redis.conf", what: "As a file says." },
    { line: 'redeno --port 7777 --save ""', what: "On another port, without snapshots." },
    { line: "echo 'maxmemory 128mb' | redeno -", what: "As standard input says." },
  ],
});

const ABOUT: readonly OptionSpec<unknown>[] = [
  described(["--help"], "Print this."),
  described(["--version"], "Print the version."),
];

const CHECK_AOF: ProgramSpec<unknown> = describe({
  name: "check-aof",
  standsFor: "redis-check-aof",
  summary: "Looks through append-only files, and cuts off what does not belong there",
  synopsis: ["[--fix | --truncate-to-timestamp <timestamp>] <file.manifest | file.aof>"],
  sections: [{
    title: "Options",
    options: [
      described(["--fix"], "Cut off a damaged end, after a question."),
      described(["--truncate-to-timestamp"], "Cut off what was written later than this.", {
        value: "timestamp",
      }),
      ...ABOUT,
    ],
  }],
  exitCodes: [
    { name: "0", text: "All is well, or was made so." },
    { name: "1", text: "There is damage, or the file cannot be read." },
  ],
  examples: [
    { line: "redeno check-aof appendonlydir/appendonly.aof.manifest", what: "All files of the manifest." },
    {
      line: "redeno check-aof --fix appendonlydir/appendonly.aof.1.incr.aof",
      what: "One file, to be mended.",
    },
  ],
});

const CHECK_RDB: ProgramSpec<unknown> = describe({
  name: "check-rdb",
  standsFor: "redis-check-rdb",
  summary: "Looks through an RDB file, and tells what it holds",
  synopsis: ["<file.rdb>"],
  sections: [{
    title: "Options",
    options: [
      described(["-v", "--version"], "Print the version."),
      described(["--help"], "Print this."),
    ],
  }],
  exitCodes: [
    { name: "0", text: "The file is in order." },
    { name: "1", text: "It is damaged, or cannot be read." },
  ],
  examples: [{
    line: "redeno check-rdb dump.rdb",
    what: "Keys by type and encoding, and the bytes they take.",
  }],
});

const SENTINEL: ProgramSpec<unknown> = describe({
  name: "sentinel",
  standsFor: "redis-sentinel",
  summary: "Not there yet: watches masters and replicas, and replaces a master that fails",
  synopsis: [""],
  description: ["This version of redeno has no Sentinel: the program says so, and ends with exit code 1."],
  sections: [{ title: "Options", options: ABOUT }],
});

const COMPLETIONS: ProgramSpec<unknown> = describe({
  name: "completions",
  summary: "Prints a script that completes the command lines of redeno in a shell",
  synopsis: ["<bash | zsh | fish>"],
  sections: [{ title: "Options", options: ABOUT }],
  examples: [
    { line: "source <(redeno completions bash)", what: "In ~/.bashrc." },
    {
      line: "redeno completions zsh > ~/.zfunc/_redeno",
      what: "With `fpath+=(~/.zfunc)` before `compinit` in ~/.zshrc.",
    },
    { line: "redeno completions fish > ~/.config/fish/completions/redeno.fish", what: "Once." },
  ],
});

const HELP: ProgramSpec<unknown> = describe({
  name: "help",
  summary: "Tells which programs there are, or about one of them",
  synopsis: [`[${[...PROGRAM_WORDS.keys()].filter((word) => !word.startsWith("redis-")).join(" | ")}]`],
  sections: [{ title: "Options", options: ABOUT }],
});

const DESCRIBED = {
  server: SERVER,
  "check-aof": CHECK_AOF,
  "check-rdb": CHECK_RDB,
  sentinel: SENTINEL,
  completions: COMPLETIONS,
  help: HELP,
} as const;
