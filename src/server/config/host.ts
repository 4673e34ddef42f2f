/**
 * The few things that reading a configuration needs from the system, as an interface for tests and as the real
 * thing. Errors carry the system's own words ("No such file or directory"), because operators read them.
 */
import { globMatchText } from "../../store/glob.ts";
import { readWholeFile, systemText } from "../../sys/system_files.ts";

export interface ConfigHost {
  /** The bytes of a file; a folder reads as an empty one. @throws {Error} with the system's text */
  readFile(path: string): Uint8Array;
  /** The paths that match a pattern with `* ? [`, sorted; none if there is none. */
  glob(pattern: string): string[];
  /** Makes a folder the working directory. @throws {Error} with the system's text */
  changeDirectory(path: string): void;
  /** The working directory, absolute. */
  currentDirectory(): string;
}

/** Files and folders of the machine, through Deno. */
export const systemHost: ConfigHost = {
  readFile(path) {
    try {
      return readWholeFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.IsADirectory) return new Uint8Array(0);
      throw new Error(systemText(error), { cause: error });
    }
  },
  glob(pattern) {
    const start = pattern.startsWith("/") ? "/" : "";
    let found = [start];
    for (const part of pattern.split("/").filter((part) => part !== "")) {
      found = found.flatMap((folder) => matchesIn(folder, part));
    }
    return found.sort();
  },
  changeDirectory(path) {
    try {
      Deno.chdir(path);
    } catch (error) {
      throw new Error(systemText(error), { cause: error });
    }
  },
  currentDirectory: () => Deno.cwd(),
};

function matchesIn(folder: string, part: string): string[] {
  const prefix = folder === "" || folder.endsWith("/") ? folder : folder + "/";
  if (!/[*?[]/.test(part)) return exists(prefix + part) ? [prefix + part] : [];
  try {
    return [...Deno.readDirSync(prefix === "" ? "." : prefix)]
      .filter(({ name }) => (part.startsWith(".") || !name.startsWith(".")) && globMatchText(part, name))
      .map(({ name }) => prefix + name);
  } catch {
    return []; // A folder that cannot be read matches nothing, as for the shell.
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
