import { assertEquals, assertThrows } from "@std/assert";
import { systemHost } from "./host.ts";

Deno.test("the system's files are read, matched and missed in the system's words", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["b.conf", "a.conf", ".hidden.conf", "c.txt"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, name);
    }
    Deno.mkdirSync(`${folder}/sub`);
    Deno.writeTextFileSync(`${folder}/sub/d.conf`, "");
    assertEquals(new TextDecoder().decode(systemHost.readFile(`${folder}/a.conf`)), "a.conf");
    assertEquals(systemHost.readFile(folder).length, 0);
    assertThrows(() => systemHost.readFile(`${folder}/nosuch`), Error, "No such file or directory");
    assertThrows(() => systemHost.changeDirectory(`${folder}/nosuch`), Error, "No such file or directory");
    assertThrows(() => systemHost.changeDirectory(`${folder}/a.conf`), Error, "Not a directory");
    const short = (pattern: string) =>
      systemHost.glob(`${folder}/${pattern}`).map((path) => path.slice(folder.length + 1));
    assertEquals(short("*.conf"), ["a.conf", "b.conf"]);
    assertEquals(short("[bc].*"), ["b.conf", "c.txt"]);
    assertEquals(short("s*/?.conf"), ["sub/d.conf"]);
    assertEquals(short("x*/*.conf"), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
