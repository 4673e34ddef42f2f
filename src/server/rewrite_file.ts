/** CONFIG REWRITE: the configuration file is replaced as a whole, by one that is synced before it takes the name. */
import { latin1, latin1Text } from "../sys/bytes.ts";
import type { Log } from "./log.ts";
import type { ServerConfig } from "./server.ts";

/** Writes the configuration file anew; the error text that the client sees, or undefined. */
export function rewriteConfigFile(settings: ServerConfig, log: Log): string | undefined {
  const file = settings.file;
  if (file === undefined) return "ERR The server is running without a config file";
  try {
    let old: string | undefined;
    try {
      old = latin1Text(Deno.readFileSync(file)); // Comments may be in any character set.
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const temporary = `${file}-${Deno.pid}.tmp`;
    {
      using written = Deno.openSync(temporary, { write: true, create: true, truncate: true });
      const bytes = latin1(settings.rewriteText(old));
      for (let at = 0; at < bytes.length;) at += written.writeSync(bytes.subarray(at));
      written.syncSync();
    }
    Deno.renameSync(temporary, file);
    log.notice("CONFIG REWRITE executed with success.");
    return undefined;
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replace(
      / \(os error \d+\).*$/s,
      "",
    );
    log.warning(`CONFIG REWRITE failed: ${why}`);
    return `ERR Rewriting config file: ${why}`;
  }
}
