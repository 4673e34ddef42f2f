import { assertEquals, assertStringIncludes } from "@std/assert";
import { runOurs } from "../../../test/support/cli_run.ts";
import { fromLatin1 } from "../../../test/support/split_args.ts";

/** Runs a mode against a listener that agrees to everything and answers SYNC with these bytes, then closes. */
async function synced(reply: string, ...args: readonly string[]) {
  const path = await Deno.makeTempFile({ suffix: ".sock" });
  Deno.removeSync(path);
  using listener = Deno.listen({ transport: "unix", path });
  const serving = (async () => {
    using connection = await listener.accept();
    const chunk = new Uint8Array(1024);
    for (let count = await connection.read(chunk); count !== null; count = await connection.read(chunk)) {
      const isSync = new TextDecoder().decode(chunk.subarray(0, count)).startsWith("SYNC");
      // In small pieces, so that nothing is where it was expected.
      const bytes = fromLatin1(isSync ? reply : "+OK\r\n");
      for (let at = 0; at < bytes.length; at += 7) await connection.write(bytes.subarray(at, at + 7));
      if (isSync) return;
    }
  })();
  const printed = await runOurs(["-s", path, ...args]);
  await serving;
  Deno.removeSync(path);
  return printed;
}

const MARK = "0123456789".repeat(4);
const DATA = "REDIS0010 0123456 012345678901234567890123456789 and 01234567890123456789.";

Deno.test("a snapshot ends where its length says, or at its mark", async () => {
  const counted = await synced(`\n\n$${DATA.length}\r\n${DATA}`, "--rdb", "-");
  assertEquals([counted.code, counted.stdout], [0, DATA]);
  assertStringIncludes(
    counted.stderr,
    `writing ${DATA.length} bytes to '-'\nTransfer finished with success.\n`,
  );
  const marked = await synced(`$EOF:${MARK}\r\n${DATA}${MARK}`, "--rdb", "-");
  assertEquals([marked.code, marked.stdout], [0, DATA]);
  assertStringIncludes(marked.stderr, `Transfer finished with success after ${DATA.length} bytes\n`);
});

Deno.test("a snapshot that is cut off leaves no file", async () => {
  const folder = await Deno.makeTempDir();
  for (const reply of [`$100\r\n${DATA}`, `$EOF:${MARK}\r\n${DATA}${MARK.slice(1)}`]) {
    const { code, stderr } = await synced(reply, "--rdb", `${folder}/f`);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "Error reading RDB payload while SYNCing\n");
    assertEquals([...Deno.readDirSync(folder)], []);
  }
  await Deno.remove(folder);
});

Deno.test("a device stays where it is", async () => {
  assertEquals((await synced(`$100\r\n${DATA}`, "--rdb", "/dev/null")).code, 1);
  assertEquals((await synced(`$${DATA.length}\r\n${DATA}`, "--rdb", "/dev/null")).code, 0);
  assertEquals(Deno.statSync("/dev/null").isFile, false);
});

Deno.test("what is no snapshot is told of", async () => {
  const cases = [
    ["-ERR no\r\n", "SYNC with master failed: -ERR no\n"],
    ["+what\r\n", "SYNC with master failed: +what\n"],
    ["", "Error reading bulk length while SYNCing\n"],
  ] as const;
  for (const [reply, message] of cases) {
    const { code, stderr } = await synced(reply, "--rdb", "-");
    assertEquals([code, stderr.endsWith(message)], [1, true], message);
  }
});

Deno.test("commands behind a snapshot are printed by --replica", async () => {
  const command = '*3\r\n$3\r\nSET\r\n$3\r\na"b\r\n$1\r\n\n\r\n';
  for (const reply of [`$4\r\nDATA${command}`, `$EOF:${MARK}\r\nDATA${MARK}${command}`]) {
    const { code, stdout, stderr } = await synced(reply, "--replica");
    assertEquals([code, stdout], [1, '"SET","a\\"b","\\n"\n']);
    assertStringIncludes(stderr, "Logging commands from master.\n");
  }
});
