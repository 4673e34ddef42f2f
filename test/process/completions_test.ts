/** The completions as shells carry them out; those of a shell that is not installed are not tested, which is said. */
import { assertEquals } from "@std/assert";
import { completionsProgram } from "../../src/cli/completions.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

/** A line up to the cursor, what each shell is to offer, and what all offer when they agree. */
interface Case {
  readonly line: string;
  readonly offers: readonly string[];
  /** What fish does differently. */
  readonly fish?: readonly string[];
}

const CASES: readonly Case[] = [
  { line: "redeno che", offers: ["check-aof", "check-rdb"] },
  { line: "redeno cli --sc", offers: ["--scan"] },
  { line: "redis-cli --sc", offers: ["--scan"] },
  { line: "redeno redis-cli --sc", offers: ["--scan"] },
  { line: "redeno cli --show-pushes ", offers: ["no", "yes"] },
  { line: "redeno cli -h localhost --sc", offers: ["--scan"] },
  { line: "redeno cli getr", offers: ["getrange"] },
  { line: "redeno cli GETR", offers: ["GETRANGE"], fish: ["getrange"] },
  { line: "redeno cli -s d", offers: ["dump.rdb"] },
  { line: "redeno check-rdb d", offers: ["dump.rdb"] },
  { line: "redeno benchmark -t zp", offers: ["zpopmin"] },
  { line: "redeno --always-show", offers: ["--always-show-logo"] },
  { line: "redeno some.conf --always-show", offers: ["--always-show-logo"] },
  { line: "redis-server --appendonly ", offers: ["no", "yes"] },
  { line: "redeno --eval d", offers: ["dump.rdb"] },
  { line: "redeno --eval x.lua --wri", offers: ["--writes"] },
  { line: "redeno completions ", offers: ["bash", "fish", "zsh"] },
  { line: "redeno help benchm", offers: ["benchmark"] },
];

async function scriptFor(shell: string): Promise<string> {
  let script = "";
  const terminal: Terminal = {
    isTerminal: false,
    print: (text) => void (script += text),
    printError: (text) => void (script += text),
    askSecret: () => "",
  };
  assertEquals(await completionsProgram([shell], terminal), 0);
  return script;
}

function isInstalled(shell: string): boolean {
  try {
    return new Deno.Command(shell, { args: ["-c", "exit 0"] }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function run(shell: string, args: readonly string[], folder: string): Promise<string[]> {
  const { stdout, stderr } = await new Deno.Command(shell, {
    args: [...args],
    cwd: folder,
    stdin: "null",
    env: { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

/** Calls the function of the completion as bash does. */
const BASH_DRIVER = `
source ./completions
compopt() { :; }
line=$1
read -ra COMP_WORDS <<< "$line"
[[ $line = *' ' ]] && COMP_WORDS+=("")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_redeno
printf '%s\\n' "\${COMPREPLY[@]}"
`;

/** Presses Tab in a zsh on a pseudo-terminal, whose matches go to a file before they are shown. */
const ZSH_DRIVER = `
zmodload zsh/zpty
cat > setup << 'SETUP'
fpath=($PWD/functions $fpath)
autoload -Uz compinit
compinit -u -D
PROMPT=
bindkey '^I' complete-word
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a matches
  builtin compadd -A matches "$@"
  (( $#matches )) && print -rl -- $matches >> found
  builtin compadd "$@"
}
comppostfuncs=(finish)
finish() { print OVER; exit }
print READY
SETUP
mkdir -p functions
cp completions functions/_redeno
: > found
zpty shell zsh -f -i
zpty -w shell 'source ./setup'
zpty -r shell output $'*READY\\r*'
zpty -w -n shell "$1"$'\\t'
zpty -r shell output '*OVER*'
zpty -d shell
cat found
`;

const DRIVERS: Readonly<Record<string, (line: string) => readonly string[]>> = {
  bash: (line) => ["--norc", "-c", BASH_DRIVER, "bash", line],
  zsh: (line) => ["-f", "-c", ZSH_DRIVER, "zsh", line],
  fish: (line) => ["--no-config", "-c", `source ./completions; complete -C '${line}'`],
};

for (const [shell, driver] of Object.entries(DRIVERS)) {
  const ignore = !isInstalled(shell);
  if (ignore) console.log(`${shell} is not installed: its completions are not tested`);
  Deno.test({
    name: `${shell} completes programs, options, their values and commands`,
    ignore,
    async fn(t) {
      const folder = await Deno.makeTempDir({ prefix: "redeno-" });
      try {
        await Deno.writeTextFile(`${folder}/completions`, await scriptFor(shell));
        await Deno.writeTextFile(`${folder}/dump.rdb`, "");
        for (const { line, offers, ...special } of CASES) {
          await t.step(line, async () => {
            const lines = await run(shell, driver(line), folder);
            const words = lines.map((found) => found.replace(/\t.*$/, "").trim());
            const wanted = shell === "fish" ? special.fish ?? offers : offers;
            assertEquals([...new Set(words)].sort(), [...wanted].sort());
          });
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

Deno.test(
  "in bash the value of -t is completed behind each comma",
  { ignore: !isInstalled("bash") },
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "redeno-" });
    try {
      await Deno.writeTextFile(`${folder}/completions`, await scriptFor("bash"));
      assertEquals(await run("bash", DRIVERS.bash!("redeno benchmark -t set,zp"), folder), ["set,zpopmin"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

Deno.test("completions of an unknown shell are an error", async () => {
  let printed = "";
  const terminal: Terminal = {
    isTerminal: false,
    print: () => {},
    printError: (text) => void (printed += text),
    askSecret: () => "",
  };
  assertEquals(await completionsProgram(["csh"], terminal), 1);
  assertEquals(printed, "Usage: redeno completions <bash | zsh | fish>\n");
});
