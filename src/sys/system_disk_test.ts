import { assertEquals, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import { DiskError } from "./disk.ts";
import { diskErrorOf, systemDisk } from "./system_disk.ts";

function codeAndText(error: unknown): [string, string] {
  if (!(error instanceof DiskError)) throw error;
  return [error.code, error.message];
}

const onLinux = { ignore: Deno.build.os !== "linux" };

/** A device that is always full. Deno lets nobody near it without all permissions, so a process of its own asks. */
const FULL_DEVICE = `
  const { systemDisk } = await import(${JSON.stringify(new URL("./system_disk.ts", import.meta.url).href)});
  const file = systemDisk.open("/dev/full", "append");
  const told = [];
  try { file.write(new Uint8Array(10)); } catch (error) { told.push(error.name, error.code, error.message); }
  try { await file.writeLater(new Uint8Array(10)); } catch (error) { told.push(error.name, error.code); }
  console.log(JSON.stringify([...told, file.size]));
`;

Deno.test("A full disk is ENOSPC, now and later", onLinux, async () => {
  const program = "data:text/javascript," + encodeURIComponent(FULL_DEVICE);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", "--no-lock", "--allow-all", program],
  }).output();
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), [
    ...["DiskError", "ENOSPC", "No space left on device", "DiskError", "ENOSPC"],
    0,
  ]);
});

Deno.test("What the system says is told without the number and the path", onLinux, () => {
  const long = "x".repeat(300);
  assertEquals(codeAndText(assertThrows(() => systemDisk.open(`/tmp/${long}`, "read"))), [
    "ENAMETOOLONG",
    "File name too long",
  ]);
  assertEquals(codeAndText(assertThrows(() => systemDisk.exists(`/tmp/${long}`))), [
    "ENAMETOOLONG",
    "File name too long",
  ]);
});

Deno.test("A zero byte in a name is an invalid argument", () => {
  assertEquals(codeAndText(assertThrows(() => systemDisk.open("a\0b", "read"))), [
    "EINVAL",
    "Invalid argument",
  ]);
});

Deno.test("A text with a line break, as a path may have, does not hide the reason", () => {
  const error = assertThrows(() => systemDisk.open("no\n (os error 5)/f", "read"));
  assertEquals(codeAndText(error), ["ENOENT", "No such file or directory"]);
});

Deno.test("A refusal by Deno's permissions is EACCES and names what is missing", () => {
  const refused = new Deno.errors.NotCapable('Requires write access to "/f", run again with --allow-write');
  const [code, text] = codeAndText(diskErrorOf(refused));
  assertEquals(code, "EACCES");
  assertMatch(text, /^Permission denied: Requires write access to "\/f"$/);
});

Deno.test("Mistakes of the program stay what they are", () => {
  const mistake = new TypeError("expected a string");
  assertStrictEquals(diskErrorOf(mistake), mistake);
});

Deno.test("Relative paths start at the process's folder", () => {
  const [name] = systemDisk.list(".");
  assertEquals(systemDisk.exists(`${Deno.cwd()}/${name}`), true);
  assertEquals(systemDisk.exists(`${Deno.cwd()}/no/${name}`), false);
});

Deno.test("what Deno has no name for is still a failure of the disk, with the system's text", () => {
  assertEquals(codeAndText(diskErrorOf(new Error("File too large (os error 27)"))), [
    "EFBIG",
    "File too large",
  ]);
  assertEquals(codeAndText(diskErrorOf(new Error("Something odd (os error 999)"))), [
    "errno 999",
    "Something odd",
  ]);
});
