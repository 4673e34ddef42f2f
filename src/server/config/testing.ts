/** A system of a few files and folders for the tests of this folder. */
import { globMatchText } from "../../store/glob.ts";
import { Config } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import type { ConfigHost } from "./host.ts";

export interface MemoryHostOptions {
  /** Texts by absolute path, or by path from the working directory at the start. */
  readonly files?: Readonly<Record<string, string>>;
  /** Folders that exist beside the working directory. */
  readonly folders?: readonly string[];
  readonly directory?: string;
}

export function memoryHost(options: MemoryHostOptions = {}): ConfigHost {
  const start = options.directory ?? "/home/redeno";
  const absolute = (path: string) => path.startsWith("/") ? path : `${start}/${path}`;
  const files = new Map(Object.entries(options.files ?? {}).map(([path, text]) => [absolute(path), text]));
  const folders = [start, ...options.folders ?? []];
  let directory = start;
  return {
    readFile(path) {
      const text = files.get(absolute(path));
      if (text === undefined) throw new Error("No such file or directory");
      return new TextEncoder().encode(text);
    },
    glob: (pattern) => [...files.keys()].filter((path) => globMatchText(absolute(pattern), path)).sort(),
    changeDirectory(path) {
      if (files.has(path)) throw new Error("Not a directory");
      if (!folders.includes(path)) throw new Error("No such file or directory");
      directory = path;
    },
    currentDirectory: () => directory,
  };
}

/** The configuration that a text on standard input and a command line give. */
export function load(text: string, args: readonly string[] = [], host: ConfigHost = memoryHost()): Config {
  return Config.load(["-", ...args], { host, stdin: new TextEncoder().encode(text) });
}

/** The error that a text ends the start with, as it is printed; "" when it starts. */
export function loadError(text: string, args: readonly string[] = [], host?: ConfigHost): string {
  try {
    load(text, args, host);
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
