/** Makes a failing sequence short: parts are left out as long as what is left still fails. */

const RUNS_MAX = 1500;

/**
 * A shortest sequence (no single item can be left out) for which `fails` still holds, as far as `RUNS_MAX` tries go.
 *
 * @param fails must hold for `items` itself.
 */
export async function shrink<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = items;
  let runs = 0;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    let removed = true;
    while (removed) {
      removed = false;
      for (let from = 0; from < left.length; from += size) {
        if (++runs > RUNS_MAX) return left;
        const rest = [...left.slice(0, from), ...left.slice(from + size)];
        if (rest.length === left.length || !await fails(rest)) continue;
        left = rest;
        removed = true;
        from -= size;
      }
    }
  }
  return left;
}

const LONG_BYTES = 8;

/** Leaves out arguments and shortens long ones, as long as the sequence still fails. Names of commands stay. */
export async function shrinkArguments<
  T extends { readonly args: readonly Uint8Array[]; readonly damages: boolean },
>(
  commands: readonly T[],
  fails: (commands: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = commands;
  const tryArgs = async (index: number, args: readonly Uint8Array[]) => {
    const changed = left.with(index, { ...left[index]!, args });
    const better = await fails(changed);
    if (better) left = changed;
    return better;
  };
  for (let index = 0; index < left.length; index++) {
    if (!left[index]!.damages) continue;
    for (let at = left[index]!.args.length - 1; at >= 1; at--) {
      const { args } = left[index]!;
      if (await tryArgs(index, args.toSpliced(at, 1))) continue;
      let arg = args[at]!;
      while (arg.length > LONG_BYTES) {
        arg = arg.subarray(0, arg.length >> 1);
        if (!await tryArgs(index, left[index]!.args.with(at, arg))) break;
      }
    }
  }
  return left;
}
