/**
 * Writes docs/cli.md from the declarations of the programs: a page like a manual's for each.
 *
 *   deno run --allow-read --allow-write scripts/cli_docs.ts
 */
import {
  type Note,
  optionHelp,
  type OptionSection,
  type OptionSpec,
  optionSynopsis,
  type ProgramSpec,
} from "../src/cli/options.ts";
import { DIRECTIVES_TITLE, specOf } from "../src/cli/program_specs.ts";
import { PROGRAM_NAMES, REFERENCE_NAMES } from "../src/cli/programs.ts";

const DIRECTIVES_TEXT =
  "With their defaults. [COMPAT.md](../COMPAT.md) tells which ones are acted upon, and " +
  "`redeno help server` when.";

/** The page. */
export async function cliDocsText(): Promise<string> {
  const specs = await Promise.all(PROGRAM_NAMES.map(specOf));
  const text = [
    "# Programs",
    "<!-- Made from the declarations by scripts/cli_docs.ts: change those, and run it. -->",
    "One executable is all of these programs: its first argument chooses, and without one that is a program's name it is the " +
    `server. Called by a link named ${
      [...REFERENCE_NAMES.keys()].map(code).join(", ")
    }, it is that program, so scripts ` +
    "written for Redis run unchanged:",
    block("ln -s redeno redis-cli\n./redis-cli ping"),
    "From the sources, write `deno task start` in place of `redeno`. `redeno help <program>` prints what stands here, and " +
    "`redeno completions <shell>` a script that completes the options in bash, zsh or fish.",
    specs.map(overviewLine).join("\n"),
    ...specs.flatMap(programPage),
  ].join("\n\n");
  return text + "\n";
}

function overviewLine({ name, summary, standsFor }: ProgramSpec<unknown>): string {
  const replaced = standsFor === undefined ? "" : `, in place of ${code(standsFor)}`;
  return `- [${name}](#${anchorOf(name)})${replaced}: ${inMarkdown(summary)}.`;
}

/** The anchor that the heading of a program gets. */
function anchorOf(name: string): string {
  return `redeno-${name}`;
}

function programPage(spec: ProgramSpec<unknown>): string[] {
  const { name, summary, synopsis, description = [], sections, examples = [] } = spec;
  return [
    `## redeno ${name}`,
    `${inMarkdown(summary)}.`,
    block(synopsis.map((way) => `redeno ${name} ${way}`.trimEnd()).join("\n")),
    ...description.map(inMarkdown),
    ...sections.flatMap((section) => sectionText(spec, section)),
    ...notes("Environment", spec.environment),
    ...notes("Files", spec.files),
    ...notes("Exit codes", spec.exitCodes),
    ...examples.length === 0
      ? []
      : ["### Examples", block(examples.map(({ line, what }) => `# ${what}\n${line}`).join("\n\n"))],
  ];
}

function sectionText(spec: ProgramSpec<unknown>, { title, options }: OptionSection<unknown>): string[] {
  const shownOptions = options.filter((option) => !option.isHidden);
  if (title === DIRECTIVES_TITLE) return [`### ${title}`, DIRECTIVES_TEXT, directives(spec, shownOptions)];
  const lines = shownOptions.map((option) =>
    `- ${code(optionSynopsis(option))}: ${inMarkdown(optionHelp(spec, option))}`
  );
  return [`### ${title}`, lines.join("\n")];
}

/** Names and defaults alone: what they do is known from the reference, and COMPAT.md says how far they go here. */
function directives(spec: ProgramSpec<unknown>, options: readonly OptionSpec<unknown>[]): string {
  return options.map((option) =>
    `- ${code(optionSynopsis(option))}: ${inMarkdown(option.default?.(spec.defaults()) ?? "")}`
  ).join("\n");
}

function notes(title: string, entries: readonly Note[] | undefined): string[] {
  if (entries === undefined) return [];
  return [`### ${title}`, entries.map(({ name, text }) => `- ${code(name)}: ${inMarkdown(text)}`).join("\n")];
}

function code(text: string): string {
  return "`" + text + "`";
}

function block(text: string): string {
  return "```sh\n" + text + "\n```";
}

/** A text whose marks are no marks of Markdown. */
function inMarkdown(text: string): string {
  return text.split(/(`[^`]*`)/).map((part) =>
    part.startsWith("`") ? part : part.replaceAll(/[*_<>[\]|]/g, "\\$&")
  ).join("");
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("../docs/cli.md", import.meta.url), await cliDocsText());
}
