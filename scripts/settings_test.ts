/** Facts that tools want written in more than one place, held together. */
import { assertEquals } from "@std/assert";

function read(file: string): Promise<string> {
  return Deno.readTextFile(new URL(`../${file}`, import.meta.url));
}

Deno.test("the tests import what the server imports, and client libraries of exact versions beside it", async () => {
  const server: Record<string, string> = JSON.parse(await read("deno.json")).imports;
  const tests: Record<string, string> = JSON.parse(await read("test/imports.json")).imports;
  const beside: string[] = [];
  for (const [name, target] of Object.entries(tests)) {
    if (name in server) assertEquals(target, server[name]);
    else beside.push(target);
  }
  assertEquals(Object.keys(server).filter((name) => !(name in tests)), []);
  assertEquals(beside.filter((target) => !/^npm:[\w-]+@\d+\.\d+\.\d+$/.test(target)), []);
});

Deno.test("one version of Deno is named everywhere", async () => {
  const names = await Array.fromAsync(Deno.readDir(new URL("..", import.meta.url)), ({ name }) => name);
  const named = new Set<string>();
  for (const file of ["Dockerfile", ".ci/run", ...names.filter((name) => name.endsWith(".md"))]) {
    const versions = [
      ...(await read(file)).matchAll(/\bdeno[@:](\d+\.\d+\.\d+)|DENO_VERSION=(\d+\.\d+\.\d+)/g),
    ];
    if (!file.endsWith(".md")) assertEquals(versions.length, 1, `${file} names no version of Deno`);
    for (const [, first, second] of versions) named.add((first ?? second)!);
  }
  assertEquals(named.size, 1, [...named].join(", "));
});
