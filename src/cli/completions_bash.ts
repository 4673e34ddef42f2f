/** Completion for bash: a function that walks the words up to the one that is typed. Needs nothing but bash 4. */
import { type CompletedProgram, type CompletionData, quoted } from "./completions_data.ts";

/** The script. */
export function bashCompletion({ programs, commands }: CompletionData): string {
  const names = ["redeno", ...programs.flatMap(({ calledAs }) => calledAs ?? [])];
  return `# Completes redeno in bash: source <(redeno completions bash)

_redeno_commands=${quoted(commands.join(" "))}
_redeno_words=${quoted(programs.flatMap(({ words }) => words).join(" "))}

# The program that a word chooses, or nothing.
_redeno_program() {
  case $1 in
${programs.filter(({ words }) => words.length > 0).map(wordCase).join("\n")}
  esac
}

_redeno_options() {
  case $1 in
${programs.map(optionsCase).join("\n")}
  esac
}

# What stands behind an option: nothing, @any, @file, @folder, or words.
_redeno_value() {
  case "$1 $2" in
${programs.flatMap(valueCases).join("\n")}
  esac
}

# What stands behind the options.
_redeno_rest() {
  case $1 in
${programs.map(restCase).join("\n")}
  esac
}

_redeno_complete() {
  case $1 in
    '' | @any) ;;
    @file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
    @folder) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
    @commands)
      if [[ $2 = *[A-Z]* ]]; then mapfile -t COMPREPLY < <(compgen -W "\${_redeno_commands^^}" -- "$2")
      else mapfile -t COMPREPLY < <(compgen -W "$_redeno_commands" -- "$2"); fi ;;
    *)
      local before=
      [[ $2 = *,* ]] && before=\${2%,*},
      mapfile -t COMPREPLY < <(compgen -P "$before" -W "$1" -- "\${2##*,}") ;;
  esac
}

_redeno() {
  local current=\${COMP_WORDS[COMP_CWORD]} program at=1 word value
  COMPREPLY=()
  program=$(_redeno_program "\${COMP_WORDS[0]##*/}")
  if [[ -z $program ]]; then
    program=$(_redeno_program "\${COMP_WORDS[1]}")
    if [[ -n $program && $COMP_CWORD -gt 1 ]]; then
      at=2
    elif [[ $COMP_CWORD -eq 1 && $current != -* ]]; then
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -W "$_redeno_words" -- "$current"; compgen -f -- "$current")
      return
    else
      program=server
    fi
  fi
  if [[ $program = server ]]; then
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
      [[ $word = --eval ]] && program=--eval
    done
  fi
  while ((at < COMP_CWORD)); do
    word=\${COMP_WORDS[at]}
    if [[ $word != -* ]]; then
      # The server's options stand behind its file, and some have several values.
      [[ $program = server ]] || break
      ((at += 1))
      continue
    fi
    value=$(_redeno_value "$program" "$word")
    ((at += 1))
    if [[ -n $value ]]; then
      if ((at == COMP_CWORD)); then
        _redeno_complete "$value" "$current"
        return
      fi
      ((at += 1))
    fi
  done
  if [[ $current = -* ]] && ((at == COMP_CWORD)); then
    _redeno_complete "$(_redeno_options "$program")" "$current"
  elif ((at == COMP_CWORD)) || [[ $(_redeno_rest "$program") = @file ]]; then
    _redeno_complete "$(_redeno_rest "$program")" "$current"
  fi
}

complete -F _redeno ${names.join(" ")}
`;
}

function wordCase({ name, words }: CompletedProgram): string {
  return `    ${words.join(" | ")}) echo ${quoted(name)} ;;`;
}

function optionsCase({ name, options }: CompletedProgram): string {
  const names = options.flatMap((option) => option.names);
  if (name === "server") names.push("--eval");
  return `    ${quoted(name)}) echo ${quoted(names.join(" "))} ;;`;
}

function valueCases({ name, options }: CompletedProgram): string[] {
  const cases = options.flatMap(({ names, value, completes }) => {
    if (value === undefined) return [];
    const words = completes === undefined
      ? "@any"
      : typeof completes === "string"
      ? `@${completes}`
      : completes.join(" ");
    return [
      `    ${names.map((option) => quoted(`${name} ${option}`)).join(" | ")}) echo ${quoted(words)} ;;`,
    ];
  });
  // The script is no value in the declaration, since options may stand before it and behind it.
  return name === "--eval" ? [...cases, "    '--eval --eval' | 'server --eval') echo @file ;;"] : cases;
}

function restCase({ name, rest }: CompletedProgram): string {
  return `    ${quoted(name)}) echo ${quoted(typeof rest === "string" ? `@${rest}` : rest.join(" "))} ;;`;
}
