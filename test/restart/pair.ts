/** The same done with redeno and with the reference, each in a folder of its own: what is seen must be the same. */
import { assertEquals } from "@std/assert";
import { logLines, type Program, type Server } from "../process/program.ts";
import { Folder, redeno, reference } from "./folder.ts";

/**
 * Registers a test that does the same with both servers and compares what it gives.
 * @param expect what must be true of it in any case
 */
export function sameForBoth<T>(
  name: string,
  see: (server: Server, folder: Folder) => Promise<T>,
  expect: (seen: T) => void,
): void {
  Deno.test(name, async () => {
    const [own, real] = await Promise.all([redeno, reference].map(async (server) => {
      if (server === undefined) return undefined;
      await using folder = await Folder.make();
      return await see(server, folder);
    }));
    expect(own!);
    if (real !== undefined) assertEquals(own, real);
  });
}

/** What only a server that forks says, or one that knows its machine, or that is said in the midst of a signal. */
const LEFT_OUT =
  /^(M # WARNING|M \* Killing running|M # Received SIG|M \* (Opening AOF|DB loaded from append)|. # Internal error in RDB)/;

/** Lines of the log from one on, without what differs from process to process. */
export function told(program: Program, from = 0): string[] {
  return logLines(program.output).slice(from)
    .filter((line) => !LEFT_OUT.test(line))
    .map((line) =>
      line.replaceAll(program.directory, "<folder>").replace(/temp(-\w+)*-\d+\.(rdb|aof)/g, "temp$1-<pid>.$2")
        .replace(/\d+\.\d{3} seconds/, "<time> seconds")
    );
}

/** How many lines the log has. */
export function linesSoFar(program: Program): number {
  return logLines(program.output).length;
}
