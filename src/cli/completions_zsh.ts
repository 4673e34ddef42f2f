/** Completion for zsh: the declarations as `_arguments` takes them, a function for each program. */
import {
  type CompletedOption,
  type CompletedProgram,
  type CompletionData,
  quoted,
} from "./completions_data.ts";

/** The script: a file to be found by `compinit`, or to be sourced behind it. */
export function zshCompletion({ programs, commands }: CompletionData): string {
  const names = ["redeno", ...programs.flatMap(({ calledAs }) => calledAs ?? [])].join(" ");
  return `#compdef ${names}
# Completes redeno in zsh: put it into a folder of $fpath as _redeno.

_redeno_commands() {
  local -a commands=(${commands.join(" ")})
  (( CURRENT == 1 )) || { _files; return }
  [[ $PREFIX = *[A-Z]* ]] && commands=(\${(U)commands})
  _describe command commands
}

${programs.map(programFunction).join("\n\n")}

_redeno_programs() {
  local -a programs=(
${programs.map(({ words: [word], summary }) => `    ${quoted(`${word}:${summary}`)}`).join("\n")}
  )
  _describe program programs
}

# The function of the program that a word chooses.
_redeno_run() {
  case $1 in
${programs.map(({ name, words }) => `    ${words.join(" | ")}) ${functionOf(name)} ;;`).join("\n")}
    *) return 1 ;;
  esac
}

_redeno() {
  if [[ $service != redeno ]]; then
    _redeno_run $service
  elif (( CURRENT == 2 )); then
    _redeno_programs
    ${functionOf("server")}
  elif (( \${words[(I)--eval]} && \${words[(I)--eval]} < CURRENT )) && [[ $words[2] = -* ]]; then
    ${functionOf("--eval")}
  elif [[ -n $words[2] && $words[2] != -* ]] && (( \${+_redeno_is_program[$words[2]]} )); then
    shift words
    (( CURRENT-- ))
    _redeno_run $words[1]
  else
    ${functionOf("server")}
  fi
}

typeset -gA _redeno_is_program=(${
    programs.flatMap(({ words }) => words).map((word) => `${word} 1`).join(" ")
  })

if [[ $funcstack[1] = _redeno ]]; then
  _redeno "$@"
else
  compdef _redeno ${names}
fi
`;
}

function functionOf(name: string): string {
  return `_redeno_${name.replaceAll(/^-+/g, "").replaceAll("-", "_")}`;
}

function programFunction({ name, options, rest }: CompletedProgram): string {
  const specs = options.flatMap(optionSpecs);
  if (name === "server" || name === "--eval") specs.push(quoted("--eval[Run a Lua script]:script:_files"));
  specs.push(quoted(restSpec(rest)));
  return `${functionOf(name)}() {\n  _arguments \\\n${specs.map((spec) => `    ${spec}`).join(" \\\n")}\n}`;
}

function restSpec(rest: CompletedProgram["rest"]): string {
  if (rest === "commands") return "*::command:_redeno_commands";
  if (rest === "file") return "*:file:_files";
  return rest.length === 0 ? "*: :" : `1: :(${rest.join(" ")})`;
}

/** One for each name, of which each excludes the others. */
function optionSpecs(option: CompletedOption): string[] {
  const { names, help } = option;
  const text = `[${help.replaceAll(/[[\]:\\]/g, "\\$&")}]`;
  const group = names.length > 1 ? `(${names.join(" ")})` : "";
  return names.map((name) => quoted(`${group}${name}${text}${valueSpec(option)}`));
}

function valueSpec({ value, completes, isList }: CompletedOption): string {
  if (value === undefined) return "";
  if (completes === undefined) return `:${value}: `;
  if (completes === "file") return `:${value}:_files`;
  if (completes === "folder") return `:${value}:_files -/`;
  const words = completes.join(" ");
  return isList ? `:${value}:_sequence compadd - ${words}` : `:${value}:(${words})`;
}
