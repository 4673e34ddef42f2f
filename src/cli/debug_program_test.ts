import { assertEquals, assertStringIncludes } from "@std/assert";
import { coloured, wordsOf } from "./debug_program.ts";
import { evalProgram } from "./eval.ts";

/** Runs the program on a file; a function among the lines is called when its turn comes. */
async function debugged(file: string, lines: readonly (string | (() => void))[], ...options: string[]) {
  const printed = { out: "", error: "" };
  const left = [...lines];
  const code = await evalProgram(["--ldb", ...options, "--eval", file, "k", ",", "v"], {
    isTerminal: false,
    print: (text) => void (printed.out += text),
    printError: (text) => void (printed.error += text),
    askSecret: () => "",
  }, {
    read() {
      for (;;) {
        const line = left.shift();
        if (typeof line !== "function") return Promise.resolve(line);
        line();
      }
    },
  });
  return { code, ...printed };
}

function withFile(source: string, body: (file: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const file = await Deno.makeTempFile({ suffix: ".lua" });
    try {
      await Deno.writeTextFile(file, source);
      await body(file);
    } finally {
      await Deno.remove(file);
    }
  };
}

Deno.test(
  "a script is debugged in this process, and its reply is printed at the end",
  withFile("local a = ARGV[1]\nreturn a", async (file) => {
    const { code, out } = await debugged(file, ["s", "p a", "c", "never read"]);
    assertEquals(code, 0);
    assertStringIncludes(out, '\x1b[0;35;49m<value> "v"\x1b[0m\n');
    assertEquals(
      out.endsWith('\n"v"\n\n(Lua debugging session ended -- dataset changes rolled back)\n\n'),
      true,
    );
  }),
);

Deno.test(
  "restart runs the script as it is in the file by then, on data that is as it was",
  withFile("redis.call('incr', 'n')\nreturn 1", async (file) => {
    const edit = () => Deno.writeTextFileSync(file, "return redis.call('incr', 'n') + 40");
    const { code, out } = await debugged(file, ["s", edit, "restart", "c"], "--ldb-sync-mode");
    assertEquals(code, 0);
    assertStringIncludes(out, "-> 1   return redis.call('incr', 'n') + 40");
    assertStringIncludes(out, "\n(integer) 41\n\n(Lua debugging session ended)\n");
  }),
);

Deno.test(
  "an error of the script ends the program with 1, and its line is shown",
  withFile("local x\nreturn x.y", async (file) => {
    const { code, error } = await debugged(file, ["c"]);
    assertEquals(code, 1);
    assertStringIncludes(error, `${file}:2:`);
  }),
);

Deno.test(
  "a script that does not compile is not debugged",
  withFile("return )", async (file) => {
    const { code, out } = await debugged(file, []);
    assertEquals(code, 1);
    assertStringIncludes(out, "\nEval debugging session can't start:\n(error) ERR Error compiling script");
  }),
);

Deno.test("the present line is yellow, one with a breakpoint bright, and marks have their colours", () => {
  assertEquals(coloured("-> 1   x"), "\x1b[0;33;49m-> 1   x\x1b[0m");
  assertEquals(coloured("->#1   x"), "\x1b[0;33;49m->#1   x\x1b[0m");
  assertEquals(coloured("  #1   x"), "\x1b[1;37;49m  #1   x\x1b[0m");
  assertEquals(coloured("   1   '<redis>'"), "\x1b[0;32;49m   1   '<redis>'\x1b[0m");
  assertEquals(coloured("<error> <redis>"), "\x1b[0;31;49m<error> <redis>\x1b[0m");
  assertEquals(coloured("plain"), "\x1b[0;37;49mplain\x1b[0m");
});

Deno.test("code stays as it was typed, other lines are words with quotes", () => {
  assertEquals(wordsOf('e "a  b" .. 1 '), ["e", '"a  b" .. 1']);
  assertEquals(wordsOf('redis set "a b" c'), ["redis", "set", "a b", "c"]);
  assertEquals(wordsOf('p "x'), undefined);
  assertEquals(wordsOf("  "), []);
});
