import { assertEquals } from "@std/assert";
import { Args } from "../args.ts";
import { CommandTable } from "../command_table.ts";
import { commandSpecs } from "../commands/mod.ts";
import { secretsOf } from "./secrets.ts";

const table = new CommandTable(commandSpecs);

/** The request with its secrets starred out. */
function shown(line: string): string {
  const words = line.split(" ");
  const args = Args.of(...words);
  const container = table.find(args.at(0))!;
  const command = container.subcommands.length > 0 ? container.subcommand(words[1]!)! : container;
  const isSecret = secretsOf(command, args);
  return words.map((word, i) => isSecret?.(i) === true ? "*" : word).join(" ");
}

Deno.test("passwords are secrets wherever a request has one, and nothing else is", async (t) => {
  const cases = [
    ["AUTH pass", "AUTH *"],
    ["auth user pass", "auth * *"],
    ["HELLO 3 AUTH user pass SETNAME n", "HELLO 3 AUTH * * SETNAME n"],
    ["HELLO 3 SETNAME auth", "HELLO 3 SETNAME auth"],
    ["CONFIG SET requirepass p port 1", "CONFIG SET requirepass * port 1"],
    ["config set PORT 1 MasterAuth p masteruser u", "config set PORT 1 MasterAuth * masteruser *"],
    ["CONFIG SET tls-key-file-pass p", "CONFIG SET tls-key-file-pass *"],
    ["CONFIG GET requirepass", "CONFIG GET requirepass"],
    ["ACL SETUSER bob on >p", "ACL SETUSER * * *"],
    ["ACL GETUSER bob", "ACL GETUSER bob"],
    ["SET auth pass", "SET auth pass"],
  ] as const;
  for (const [line, expected] of cases) await t.step(line, () => assertEquals(shown(line), expected));
});
