/** Waits for a file to be saved. */

/** Editors write a file in several steps: so long after the last of them it is complete, in ms. */
const SETTLE_MS = 40;

/**
 * Yields once at the beginning, and then after every save; saves that come while what was yielded is worked on count
 * as one. The folder is watched, since many editors put another file in the place of the old one.
 * @param interrupt is called when there is a save while what was yielded is worked on
 * @throws Error when the folder cannot be watched
 */
export async function* savesOf(path: string, interrupt: () => void = () => {}): AsyncGenerator<void> {
  const slash = path.lastIndexOf("/");
  const folder = slash < 0 ? "." : path.slice(0, slash + 1);
  const name = path.slice(slash + 1);
  using watcher = Deno.watchFs(folder, { recursive: false });
  let changed = true;
  let wake = interrupt;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watching = (async () => {
    for await (const { kind, paths } of watcher) {
      if (kind === "access" || !paths.some((each) => each.slice(each.lastIndexOf("/") + 1) === name)) {
        continue;
      }
      clearTimeout(timer);
      timer = setTimeout(() => {
        changed = true;
        wake();
      }, SETTLE_MS);
    }
  })();
  try {
    for (;;) {
      while (!changed) await Promise.race([watching, new Promise<void>((resolve) => wake = resolve)]);
      changed = false;
      wake = interrupt;
      yield;
    }
  } finally {
    clearTimeout(timer);
  }
}
