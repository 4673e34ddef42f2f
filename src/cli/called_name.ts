/**
 * The name by which this process was called: that of a link such as redis-cli, where there is one.
 *
 * The runtime tells it to Node's `process`, which takes 10 ms to load; before that it lies among what `process` will be
 * made from. That place is not documented, so it is looked for and not relied upon: where it is missing, `process` is asked,
 * and nothing but speed changes. (`Deno.execPath()` is the file that the link leads to.)
 */

/** The first word of the command line without folders and `.exe`: `redis-cli`, or `deno` when that runs the sources. */
export async function calledName(): Promise<string> {
  const word = wordAtHand() ?? (await import("node:process")).argv0;
  return baseName(word);
}

/** The last part of a path of any system, without `.exe`. */
export function baseName(path: string): string {
  return path.replace(/^.*[/\\]/, "").replace(/\.exe$/i, "");
}

function wordAtHand(): string | undefined {
  const { internal } = Deno as { internal?: unknown };
  if (typeof internal !== "symbol") return undefined;
  const inside =
    (Deno as unknown as Record<symbol, { __nodeBootstrapArgs?: { argv0?: unknown } } | undefined>)[internal];
  const word = inside?.__nodeBootstrapArgs?.argv0;
  return typeof word === "string" ? word : undefined;
}
