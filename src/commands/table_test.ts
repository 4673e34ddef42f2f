/**
 * What must hold for every command, so that whoever adds one is told what is still missing: a test, a comparison with
 * the reference, a sentence that says what it does, and a declaration that agrees with itself.
 */
import { assertEquals } from "@std/assert";
import type { CommandSpec, KeySpec } from "../command.ts";
import { CommandTable } from "../command_table.ts";
import { commandSpecs } from "./mod.ts";

interface Declared {
  /** In upper case, subcommands as `CONFIG GET`. */
  readonly name: string;
  readonly spec: CommandSpec;
}

const declared: readonly Declared[] = commandSpecs.flatMap((spec) => [
  { name: spec.name, spec },
  ...(spec.subcommands ?? []).map((sub) => ({ name: `${spec.name} ${sub.name}`, spec: sub })),
]);

/** Names and what is wrong with them, for a failure that says it at once. */
function complaints(check: (declared: Declared) => string | undefined): string[] {
  return declared.flatMap((one) => {
    const complaint = check(one);
    return complaint === undefined ? [] : [`${one.name} ${complaint}`];
  });
}

/** The text of all files below a folder whose path ends so, this one excepted. */
async function textBelow(folder: URL, ending: string): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) text += await textBelow(new URL(`${name}/`, folder), ending);
    else if (name.endsWith(ending) && name !== "table_test.ts") {
      text += await Deno.readTextFile(new URL(name, folder));
    }
  }
  return text;
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w-])${RegExp.escape(name)}(?![\\w-])`, "i").test(text);
}

Deno.test("every command has a test", async () => {
  const tests = await textBelow(new URL("./", import.meta.url), "_test.ts");
  assertEquals(
    complaints(({ name }) => mentions(tests, name) ? undefined : "is in no test of src/commands"),
    [],
  );
});

Deno.test("every command of the reference is compared with it", async () => {
  const cases = await textBelow(new URL("../../test/compat/", import.meta.url), "_test.ts");
  assertEquals(
    complaints(({ name, spec }) =>
      spec.addition !== undefined || mentions(cases, name) ? undefined : "is in no test of test/compat"
    ),
    [],
  );
});

Deno.test("every command says in one sentence what it does", () => {
  assertEquals(
    complaints(({ spec: { summary } }) => {
      if (!/^[A-Z]/.test(summary)) return "has a summary that begins without a capital letter";
      if (/[.!?]$/.test(summary)) return "has a summary with a full stop";
      if (summary.split(" ").length < 2) return "has a summary of one word";
      return /[\n]|\. [A-Z]/.test(summary) ? "has a summary of several sentences" : undefined;
    }),
    [],
  );
});

Deno.test("every command has a name, a version and an arity that can be", () => {
  assertEquals(
    complaints(({ name, spec }) => {
      const least = name.includes(" ") ? 2 : 1;
      if (!/^[A-Z][A-Z0-9_-]*$/.test(spec.name)) return "has a strange name";
      if (!/^\d+\.\d+\.\d+$/.test(spec.since)) return "appeared in no version";
      if (!Number.isInteger(spec.arity) || Math.abs(spec.arity) < least) return `has arity ${spec.arity}`;
      if (spec.arity > 0 && spec.syntax.includes("[")) {
        return "has a fixed arity but arguments that may be left out";
      }
      if (spec.arity > 0 && spec.arity !== least + fixedArguments(spec.syntax)) {
        return `has arity ${spec.arity}, but its syntax is "${spec.syntax}"`;
      }
      return undefined;
    }),
    [],
  );
});

/** The number of arguments in a syntax without brackets; of alternatives, which must be equally long. */
function fixedArguments(syntax: string): number {
  const [first = ""] = syntax.replace(/<[^>]*>/g, "choice").split(" | ");
  return first.split(" ").filter((word) => word !== "").length;
}

Deno.test("every command can be run, or is a container", () => {
  assertEquals(
    complaints(({ spec }) => {
      if (spec.run !== undefined) return undefined;
      if ((spec.subcommands ?? []).length === 0) return "has no handler";
      return spec.arity === -2 ? undefined : "has no handler for its bare name";
    }),
    [],
  );
});

Deno.test("every command that changes keys says so, and no other one", () => {
  const changes = (key: KeySpec) => key.flags.some((flag) => flag === "RW" || flag === "OW" || flag === "RM");
  assertEquals(
    complaints(({ name, spec: { flags, keys = [] } }) => {
      // What scripts change is not theirs to say; and the reference says of XREADGROUP that it reads, as of XREAD.
      if (name.startsWith("EVAL") || name === "XREADGROUP") return undefined;
      if (flags.includes("write") && flags.includes("readonly")) return "is both a read and a write";
      if (keys.some(changes) && !flags.includes("write")) return "changes keys but is no write";
      if (keys.length > 0 && !keys.some(changes) && flags.includes("write")) {
        return "is a write but changes no key";
      }
      return flags.includes("denyoom") && !flags.includes("write")
        ? "needs memory but is no write"
        : undefined;
    }),
    [],
  );
});

Deno.test("every key stands among the arguments that a command must have", () => {
  assertEquals(
    complaints(({ spec: { arity, keys = [] } }) => {
      for (const { flags, begin, find } of keys) {
        const opened = flags.filter((flag) => ["RO", "RW", "OW", "RM"].includes(flag));
        if (opened.length !== (flags.includes("not_key") ? 0 : 1)) {
          return "does not say how it opens its keys";
        }
        if (!("index" in begin)) continue;
        const last = "lastKey" in find && find.lastKey > 0 ? begin.index + find.lastKey : begin.index;
        // What is no key may be left out.
        if (begin.index < 1 || (last >= Math.abs(arity) && opened.length > 0)) {
          return `has a key at argument ${last}, arity ${arity}`;
        }
        if ("step" in find && find.step < 1) return "has keys that do not come further";
      }
      return undefined;
    }),
    [],
  );
});

Deno.test("the table finds every command by its name in any case, and nothing else", () => {
  const table = new CommandTable(commandSpecs);
  assertEquals(table.size, commandSpecs.length);
  for (const { name, spec } of declared) {
    assertEquals(table.getFull(name.replace(" ", "|").toLowerCase())?.spec, spec);
    assertEquals(table.getFull(name.replace(" ", "|"))?.spec, spec);
  }
  assertEquals(table.get("nosuch"), undefined);
  assertEquals(table.getFull("get|x"), undefined);
  assertEquals(table.getFull("client|nosuch"), undefined);
});
