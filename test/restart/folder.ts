/**
 * A folder that outlives the servers that keep their data in it: one is started, writes, ends in one way or another, and
 * the next one, of the same kind or of the other, finds the files.
 */
import { ask, Program, redeno, type Server, servers } from "../process/program.ts";
import type { RespClient } from "../support/resp_client.ts";

export { redeno };

/** The reference, where it is installed. */
export const reference: Server | undefined = servers.find((server) => server !== redeno);

const SOCKET = ["--port", "0", "--unixsocket", "s.sock", "--enable-debug-command", "yes"];

export class Folder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<Folder> {
    return new Folder(await Deno.makeTempDir({ prefix: "redeno-" }));
  }

  /** Starts a server in this folder; without `save` among the arguments it has no save rules. */
  async launch(server: Server, args: readonly string[] = []): Promise<Program> {
    await this.remove("s.sock");
    return await Program.start(server, [...SOCKET, "--save", "", ...args], { directory: this.path });
  }

  /** Starts a server in this folder, and waits until it has loaded what is there. */
  async start(server: Server, args: readonly string[] = []): Promise<Program> {
    const program = await this.launch(server, args);
    try {
      await program.until(/ready to accept connections at/);
      return program;
    } catch (error) {
      await program[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts a server that is to refuse the files; its exit code and its log. */
  async refused(server: Server, args: readonly string[] = []): Promise<{ code: number; log: string }> {
    await using program = await this.launch(server, args);
    const { code, stdout } = await program.ended;
    return { code, log: stdout };
  }

  /** The path of a file in the folder. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  bytes(name: string): Uint8Array {
    return Deno.readFileSync(this.at(name));
  }

  text(name: string): string {
    return Deno.readTextFileSync(this.at(name));
  }

  write(name: string, bytes: Uint8Array | string): void {
    const content = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    Deno.writeFileSync(this.at(name), content);
  }

  exists(name: string): boolean {
    try {
      Deno.lstatSync(this.at(name));
      return true;
    } catch {
      return false;
    }
  }

  /** Names in a folder of it, in order. */
  list(name = "."): string[] {
    return [...Deno.readDirSync(this.at(name))].map((entry) => entry.name).sort();
  }

  /** The files in it and in the folders in it, by their paths. */
  files(): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    for (const name of this.list()) {
      if (Deno.lstatSync(this.at(name)).isFile) found.set(name, this.bytes(name));
      else if (Deno.lstatSync(this.at(name)).isDirectory) {
        for (const inner of this.list(name)) found.set(`${name}/${inner}`, this.bytes(`${name}/${inner}`));
      }
    }
    return found;
  }

  /** Puts files there as {@link files} gave them. */
  put(files: ReadonlyMap<string, Uint8Array>): void {
    for (const [name, bytes] of files) {
      if (name.includes("/")) Deno.mkdirSync(this.at(name.split("/")[0]!), { recursive: true });
      this.write(name, bytes);
    }
  }

  async remove(name: string): Promise<void> {
    try {
      await Deno.remove(this.at(name), { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** The fields of INFO persistence. */
export async function persistenceInfo(client: RespClient): Promise<Map<string, string>> {
  const text = String(await ask(client, "INFO persistence"));
  return new Map(
    text.split("\r\n").filter((line) => line.includes(":")).map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
}

/** Ask for thousands of rounds where the usual run has a few. */
export const accurate = Deno.env.get("ACCURATE") === "1";
