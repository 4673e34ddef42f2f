import { assertEquals } from "@std/assert";
import { readWholeFile, standardStreamOf, systemText } from "./system_files.ts";

Deno.test("standard streams are known by the names that files have for them", () => {
  const cases = [
    ["/dev/stdin", "stdin"],
    ["/dev/fd/0", "stdin"],
    ["/proc/self/fd/0", "stdin"],
    ["/dev/stdout", "stdout"],
    ["/dev/fd/1", "stdout"],
    ["/dev/stderr", "stderr"],
    ["/proc/self/fd/2", "stderr"],
    ["/dev/fd/63", undefined],
    ["/dev/fd/3", undefined],
    ["/dev/null", undefined],
    ["stdout", undefined],
    ["dev/stdout", undefined],
    ["", undefined],
  ] as const;
  for (const [path, stream] of cases) assertEquals(standardStreamOf(path), stream, path);
});

Deno.test("a file that is not a standard stream is read as it is", async () => {
  const path = await Deno.makeTempFile();
  try {
    Deno.writeFileSync(path, Uint8Array.of(0, 255, 10));
    assertEquals(readWholeFile(path), Uint8Array.of(0, 255, 10));
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a failure is told in the system's words", () => {
  assertEquals(
    systemText(new Deno.errors.NotFound("No such file or directory (os error 2): readfile '/f'")),
    "No such file or directory",
  );
  assertEquals(
    systemText(
      new Deno.errors.NotCapable('Requires all access to "/proc/x", run again with the --allow-all flag'),
    ),
    'Permission denied: Requires all access to "/proc/x"',
  );
});
