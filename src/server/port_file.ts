/**
 * `port-file`: how a program that starts the server learns which port it was given, and that it can be used. The file is there
 * only while the server accepts connections; it holds the port in digits and a newline, whole or not at all.
 */

/** Takes the file away, if it is there: one of a server that was killed says nothing. */
export function removePortFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Writes the file, to be taken away when the process ends. @throws Error of the system */
export function writePortFile(path: string, port: number): void {
  const temporary = `${path}.${Deno.pid}`;
  Deno.writeTextFileSync(temporary, `${port}\n`);
  Deno.renameSync(temporary, path);
  globalThis.addEventListener("unload", () => {
    try {
      removePortFile(path);
    } catch {
      // Nobody is left to be told.
    }
  });
}
