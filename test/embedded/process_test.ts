/** A server in a process of its own, on a port that the system chooses: for tests that are not written for Deno. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { redenoCommand } from "../support/redeno_server.ts";

const LOOSE = { sanitizeOps: false, sanitizeResources: false };

/** As docs/embedded.md shows it, with the command that tests run. */
async function startServer(folder: string) {
  const portFile = join(folder, "port");
  const [command, ...flags] = await redenoCommand();
  const child = spawn(command, [...flags, "--port", "0", "--port-file", portFile, "--save", ""], {
    cwd: folder,
  });
  let log = "";
  child.stdout.on("data", (chunk) => log += chunk);
  const exited = once(child, "exit");
  while (!existsSync(portFile)) {
    if (child.exitCode !== null) throw new Error(`the server has ended:\n${log}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { child, exited, portFile, port: Number(await readFile(portFile, "utf8")), log: () => log };
}

Deno.test(
  "a process tells the port that it was given, and takes the file away at the end",
  LOOSE,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "redeno-"));
    try {
      const server = await startServer(folder);
      const redis = new Redis(server.port);
      assertEquals(await redis.set("k", "v"), "OK");
      assertEquals(await redis.config("GET", "port"), ["port", "0"]);
      assertMatch(await redis.info("server"), new RegExp(`tcp_port:${server.port}\r\n`));
      redis.disconnect();
      server.child.kill("SIGTERM");
      await server.exited;
      assert(server.log().includes(`Running mode=standalone, port=${server.port}.`), server.log());
      assertEquals(existsSync(server.portFile), false);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

Deno.test("the file that a killed process left is not believed", LOOSE, async () => {
  const folder = await mkdtemp(join(tmpdir(), "redeno-"));
  try {
    const killed = await startServer(folder);
    killed.child.kill("SIGKILL");
    await killed.exited;
    assertEquals(existsSync(killed.portFile), true);
    await Deno.writeTextFile(killed.portFile, "1\n");
    const [command, ...flags] = await redenoCommand();
    // What stands there is gone before anything else can go wrong.
    const broken = spawn(command, [
      ...flags,
      "--port",
      "0",
      "--port-file",
      killed.portFile,
      "--dbfilename",
      "d",
    ], {
      cwd: folder,
    });
    const exited = once(broken, "exit");
    while (
      existsSync(killed.portFile) && (await readFile(killed.portFile, "utf8").catch(() => "")) === "1\n"
    ) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    broken.kill("SIGTERM");
    await exited;
    assertEquals(existsSync(killed.portFile), false);
  } finally {
    await rm(folder, { recursive: true });
  }
});

Deno.test("a port file that cannot be written ends the process", LOOSE, async () => {
  const [command, ...flags] = await redenoCommand();
  const child = spawn(command, [
    ...flags,
    "--port",
    "0",
    "--port-file",
    "/no/such/folder/port",
    "--save",
    "",
  ]);
  let log = "";
  child.stdout.on("data", (chunk) => log += chunk);
  const [code] = await once(child, "exit");
  assertEquals(code, 1);
  assert(log.includes("Failed to write the port file: No such file or directory"), log);
});
