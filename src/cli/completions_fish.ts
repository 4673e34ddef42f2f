/** Completion for fish: a line for each option of each program. */
import type { CompletedOption, CompletedProgram, CompletionData } from "./completions_data.ts";

/** The script. */
export function fishCompletion({ programs, commands }: CompletionData): string {
  const words = programs.flatMap((program) => program.words);
  return `# Completes redeno in fish: redeno completions fish > ~/.config/fish/completions/redeno.fish

complete -c redeno -n __fish_use_subcommand -F
${programs.flatMap(programWords).join("\n")}
complete -c redeno -n __fish_use_subcommand -l eval -r -F -d ${quotedFish("Run a Lua script")}

${programs.map((program) => programLines(program, words, commands).join("\n")).join("\n\n")}

${
    programs.flatMap(({ calledAs, words: [word] }) =>
      calledAs === undefined ? [] : [`complete -c ${calledAs} --wraps ${quotedFish(`redeno ${word}`)}`]
    ).join("\n")
  }
`;
}

function quotedFish(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Only the words of our own: those of the reference are understood, and would be too many. */
function programWords({ words: [word], summary }: CompletedProgram): string[] {
  return [`complete -c redeno -n __fish_use_subcommand -f -a ${word} -d ${quotedFish(summary)}`];
}

function programLines(
  { name, words, options, rest }: CompletedProgram,
  allWords: readonly string[],
  commands: readonly string[],
): string[] {
  const chosen = `__fish_seen_subcommand_from ${words.join(" ")}`;
  // Without a program it is the server, or a script.
  const condition = name === "server"
    ? `${chosen}; or not __fish_seen_subcommand_from ${allWords.join(" ")}`
    : name === "--eval"
    ? `${chosen}; or __fish_contains_opt eval`
    : chosen;
  const start = `complete -c redeno -n ${quotedFish(condition)}`;
  const restLine = rest === "file"
    ? []
    : [`${start} -f -a ${quotedFish((rest === "commands" ? commands : rest).join(" "))}`];
  return [...options.map((option) => `${start} ${optionText(option)}`), ...restLine];
}

function optionText(option: CompletedOption): string {
  const names = option.names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`
  );
  return [...names, ...valueText(option), `-d ${quotedFish(option.help)}`].join(" ");
}

function valueText({ value, completes, isList }: CompletedOption): string[] {
  if (value === undefined) return [];
  if (completes === undefined) return ["-x"];
  if (completes === "file") return ["-r", "-F"];
  if (completes === "folder") return ["-x", "-a '(__fish_complete_directories)'"];
  const words = completes.join(" ");
  return ["-x", isList ? `-a '(__fish_append , ${words})'` : `-a ${quotedFish(words)}`];
}
