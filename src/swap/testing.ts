/** For tests: a server in this process whose values go to a swap file on a disk in memory. */
import { type FakeClient, type InProcess, serverInProcess, settle } from "../../test/support/in_process.ts";
import { MemoryDisk } from "../sys/memory_disk.ts";

const CONFIGURATION =
  'save ""\nvm-enabled yes\nvm-max-memory 1gb\nvm-swap-file /swap\nvm-page-size 32\nenable-debug-command yes\n';

/** @param lines of a configuration file, besides those that turn virtual memory on */
export function vmServer(lines = "", disk: MemoryDisk = new MemoryDisk()): InProcess {
  return serverInProcess(CONFIGURATION + lines, { disk });
}

/** A number from INFO's section Vm. */
export async function vmInfo(client: FakeClient, name: string): Promise<number> {
  const found = new RegExp(`^${name}:(.*)\r$`, "m").exec(await client.send("INFO vm"));
  return Number(found?.[1]);
}

/** Lets everything in the background happen. */
export async function settleAll(): Promise<void> {
  for (let i = 0; i < 10; i++) await settle();
}

/** Lets all values grow old, and as many go as `vm-max-memory` asks for. */
export async function growOld(server: InProcess, ms = 2000): Promise<void> {
  server.clock.advance(ms);
  server.server.keyspace.tick(server.clock.now());
  server.server.tickVirtualMemory();
  await settleAll();
}
