/**
 * Checks that imports point down the layers only, that the pure layers stay pure, and that the top level of the
 * repository holds nothing unexpected. Prints `file:line: rule` for each violation and exits with 1 if there is one.
 *
 *   deno run --allow-read=. scripts/check_arrows.ts [folder]
 *
 * Tests (`*_test.ts`, `*_bench.ts`, `testing.ts`), `scripts/` and `test/` may import everything; nothing else may
 * import them. A file of src/ without a layer is a violation: give its folder a rank here first.
 */
import { specifiersOf, withoutTextAndComments } from "./source_text.ts";

/** One broken rule; `line` counts from 1. */
export interface Violation {
  file: string;
  line: number;
  rule: string;
}

interface Layer {
  /** A folder ending in a slash, or one file. */
  path: string;
  /** A layer may import those of a lower rank and itself. */
  rank: number;
  /** Layers of the same rank that it may import as well. */
  also?: readonly string[];
}

/** What a command is made of: between the data and the commands, and free to import each other. */
const DECLARATIONS = [
  "src/args.ts",
  "src/command.ts",
  "src/command_table.ts",
  "src/context.ts",
  "src/errors.ts",
  "src/inner_client.ts",
  "src/journal.ts",
  "src/observation.ts",
];

const LAYERS: readonly Layer[] = [
  { path: "src/std/", rank: 0 },
  { path: "src/sys/", rank: 0 },
  { path: "src/resp/", rank: 0, also: ["src/sys/"] },
  { path: "src/store/", rank: 1 },
  ...DECLARATIONS.map((path) => ({ path, rank: 1.5, also: DECLARATIONS })),
  { path: "src/swap/", rank: 2 },
  { path: "src/persistence/", rank: 2 },
  { path: "src/scripting/", rank: 2 },
  { path: "src/pubsub/", rank: 2 },
  { path: "src/tracking/", rank: 2 },
  { path: "src/replication/", rank: 2 },
  { path: "src/cluster/", rank: 2 },
  { path: "src/commands/", rank: 3 },
  { path: "src/gates.ts", rank: 4 },
  { path: "src/call_timer.ts", rank: 4 },
  { path: "src/dispatch.ts", rank: 4, also: ["src/gates.ts", "src/call_timer.ts"] },
  // The program starts the HTTP port; the server itself knows nothing of it.
  { path: "src/server/program.ts", rank: 5.8 },
  { path: "src/server/", rank: 5 },
  { path: "src/cli/", rank: 5, also: ["src/server/"] },
  { path: "src/http/", rank: 5.5 },
  { path: "src/embedded/", rank: 5, also: ["src/server/"] },
  { path: "src/mod.ts", rank: 6 },
  { path: "main.ts", rank: 6 },
];

/** Layers whose behaviour depends on their arguments alone. */
const PURE_LAYERS = ["src/store/", "src/commands/", "src/resp/"];

const IMPURE: readonly { pattern: RegExp; what: string; instead: string }[] = [
  { pattern: /\bDeno\b/g, what: "Deno", instead: "src/sys/ or src/server/ hands in what is needed" },
  { pattern: /\bDate\s*\.\s*now\b/g, what: "Date.now()", instead: "the clock of src/sys/ is handed in" },
  { pattern: /\bnew\s+Date\b/g, what: "new Date()", instead: "the clock of src/sys/ is handed in" },
  {
    pattern: /\bperformance\s*\.\s*now\b/g,
    what: "performance.now()",
    instead: "the clock of src/sys/ is handed in",
  },
  {
    pattern: /\bMath\s*\.\s*random\b/g,
    what: "Math.random()",
    instead: "the random source of src/sys/ is handed in",
  },
  {
    pattern: /\bcrypto\s*\.\s*(?:getRandomValues|randomUUID)\b/g,
    what: "crypto's random numbers",
    instead: "the random source of src/sys/ is handed in",
  },
];

/** Modules of Node that compute and do nothing else. */
const PURE_NODE_MODULES = new Set(["node:buffer", "node:crypto", "node:util", "node:zlib"]);

const TOP_LEVEL = new Set([
  ...[
    ".ci",
    ".dockerignore",
    ".git",
    ".gitignore",
    "CHANGELOG.md",
    "COMPAT.md",
    "CONTRIBUTING.md",
    "Dockerfile",
  ],
  ...["LICENSE", "README.md", "deno.json", "deno.lock", "docs", "main.ts", "scripts", "src", "test"],
]);

/** Whether a file is for tests only. */
function isTest(file: string): boolean {
  return /(^|\/)(test\/|scripts\/)/.test(file) || /(_test|_bench|(^|\/)testing)\.ts$/.test(file);
}

function layerOf(file: string): Layer | undefined {
  return LAYERS.find(({ path }) => path.endsWith("/") ? file.startsWith(path) : file === path);
}

/** `a/b/../c` as `a/c`. */
function join(folder: string, relative: string): string {
  const parts = folder.split("/").filter(Boolean);
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/**
 * The rules that one file breaks. `file` is its path from the repository's root, with slashes;
 * `packages` are the names that deno.json maps.
 */
export function checkFile(file: string, source: string, packages: ReadonlySet<string>): Violation[] {
  if (isTest(file)) return [];
  const layer = layerOf(file);
  if (layer === undefined) {
    return [{ file, line: 1, rule: "has no layer: give its folder a rank in scripts/check_arrows.ts" }];
  }
  const pure = PURE_LAYERS.includes(layer.path);
  const violations: Violation[] = [];
  for (const { specifier, line } of specifiersOf(source)) {
    const rule = /^\.{0,2}\//.test(specifier)
      ? localImportRule(file, layer, specifier)
      : packageImportRule(layer, specifier, pure, packages);
    if (rule !== undefined) violations.push({ file, line, rule });
  }
  if (pure) violations.push(...impurities(file, layer, source));
  return violations;
}

function localImportRule(file: string, layer: Layer, specifier: string): string | undefined {
  if (specifier.startsWith("/")) return `imports ${specifier}: an absolute path is right on one machine only`;
  const target = join(file.slice(0, file.lastIndexOf("/") + 1), specifier);
  if (isTest(target)) return `imports ${target}: what is for tests must not be needed at run time`;
  const below = layerOf(target);
  if (below === undefined) return `imports ${target}, which has no layer in scripts/check_arrows.ts`;
  if (below === layer || below.rank < layer.rank || layer.also?.includes(below.path)) return undefined;
  return `${layer.path} must not import ${target}: ${below.path} is ${
    below.rank > layer.rank ? "a higher layer" : "a neighbour in the same layer"
  }`;
}

function packageImportRule(
  layer: Layer,
  specifier: string,
  pure: boolean,
  packages: ReadonlySet<string>,
): string | undefined {
  if (specifier.startsWith("node:")) {
    if (!pure || PURE_NODE_MODULES.has(specifier)) return undefined;
    return `${layer.path} must not import ${specifier}: files, sockets and processes belong to src/sys/ and src/server/`;
  }
  const known = [...packages].some((name) => specifier === name || specifier.startsWith(`${name}/`));
  return known ? undefined : `imports ${specifier}, which is not among the imports of deno.json`;
}

function impurities(file: string, layer: Layer, source: string): Violation[] {
  const code = withoutTextAndComments(source);
  return IMPURE.flatMap(({ pattern, what, instead }) =>
    [...code.matchAll(pattern)].map(({ index }) => ({
      file,
      line: code.slice(0, index).split("\n").length,
      rule: `${layer.path} must not use ${what}: ${instead}`,
    }))
  );
}

/** Names that the repository's top level must not hold; what `.gitignore` names is nobody's business. */
export function checkTopLevel(names: Iterable<string>, gitignore: string): Violation[] {
  const ignored = gitignore.split("\n").map((line) => line.trim().replace(/^\/|\/$/g, ""))
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((glob) => new RegExp(`^${glob.split("*").map((text) => RegExp.escape(text)).join(".*")}$`));
  return [...names].filter((name) => !TOP_LEVEL.has(name) && !ignored.some((pattern) => pattern.test(name)))
    .map((file) => ({ file, line: 1, rule: "does not belong to the top level of the repository" }));
}

/** All violations of the repository at `root`, in the order of their files and lines. */
export async function checkTree(root: string): Promise<Violation[]> {
  const read = (file: string) => Deno.readTextFile(`${root}/${file}`);
  const config = JSON.parse(await read("deno.json")) as { imports?: Record<string, string> };
  const packages = new Set(Object.keys(config.imports ?? {}));
  const names = (await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name);
  const violations = checkTopLevel(names, names.includes(".gitignore") ? await read(".gitignore") : "");
  const files = names.filter((name) => name.endsWith(".ts"));
  if (names.includes("src")) { for await (const file of filesBelow(root, "src")) files.push(file); }
  for (const file of files.sort()) violations.push(...checkFile(file, await read(file), packages));
  return violations.sort((a, b) => a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line);
}

async function* filesBelow(root: string, folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(`${root}/${folder}`)) {
    if (isDirectory) yield* filesBelow(root, `${folder}/${name}`);
    else if (/\.[cm]?[jt]sx?$/.test(name)) yield `${folder}/${name}`;
  }
}

if (import.meta.main) {
  const violations = await checkTree(Deno.args[0] ?? ".");
  for (const { file, line, rule } of violations) console.error(`${file}:${line}: ${rule}`);
  if (violations.length > 0) Deno.exit(1);
}
