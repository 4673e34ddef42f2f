/**
 * Where redeno's time goes while redis-benchmark has it run a script: V8's profile of the server, by folder. Time that
 * functions of V8 itself take counts for the function of the project that called them.
 */
import { redenoCommand } from "../../test/support/redeno_server.ts";
import { startProcess } from "../../test/support/server_process.ts";
import { redisBenchmark } from "./redis_benchmark.ts";
import { INCR_SCRIPT } from "./scripting_speed.ts";
import { markdownTable } from "./table.ts";

const REQUESTS = 1_000_000;
const QUICK_REQUESTS = 200_000;
const WARM_SHARE = 0.1;
const PIPELINE = 16;
const CLIENTS = 50;
const RANDOM_KEYS = 100_000;

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** What `--cpu-prof` writes; times in microseconds. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
  readonly endTime: number;
  readonly startTime: number;
}

type Place = "engine" | "scripting" | "commands and data" | "server" | "runtime" | "collector" | "idle";

/** Measures, and gives the report as Markdown. */
export async function scriptProfile({ quick }: { quick: boolean }): Promise<string> {
  const requests = quick ? QUICK_REQUESTS : REQUESTS;
  const plain = await profileOf(["INCR", "key:__rand_int__"], requests);
  const script = await profileOf(["EVAL", INCR_SCRIPT, "1", "key:__rand_int__"], requests);
  if (plain === undefined || script === undefined) return "No profile: REDENO_SERVER names an executable.";
  const shown: readonly Exclude<Place, "idle">[] = [
    ...["engine", "scripting", "commands and data", "server", "runtime", "collector"] as const,
  ];
  const share = (shares: ReadonlyMap<Place, number>, place: Place) =>
    `${((shares.get(place) ?? 0) * 100).toFixed(1)}%`;
  const own = (script.places.get("engine") ?? 0) + (script.places.get("scripting") ?? 0);
  return [
    `**The VM's share of the time** (\`EVAL ${INCR_SCRIPT}\`, P=${PIPELINE}, ${CLIENTS} connections): ` +
    `${share(script.places, "engine")} of what redeno is busy, ` +
    `${(own * 100).toFixed(1)}% with the rest of what is done for scripts only.`,
    "",
    markdownTable(
      ["", "EVAL", "INCR"],
      shown.map((place) => [
        place,
        share(script.places, place),
        share(plain.places, place),
      ]),
    ),
    "",
    "The functions of the EVAL profile that take most by themselves:",
    ...script.hottest.map(([name, part]) => `- ${(part * 100).toFixed(1)}% ${name}`),
  ].join("\n");
}

interface Shares {
  /** Of the time in which the server was not idle. */
  readonly places: ReadonlyMap<Place, number>;
  readonly hottest: readonly (readonly [string, number])[];
}

const HOTTEST = 12;

async function profileOf(command: readonly string[], requests: number): Promise<Shares | undefined> {
  const [executable, run, ...rest] = await redenoCommand();
  if (run !== "run") return undefined;
  const folder = await Deno.makeTempDir({ prefix: "redeno-profile-" });
  try {
    const started = [executable, run, "--cpu-prof", `--cpu-prof-dir=${folder}`, ...rest] as const;
    await using server = await startProcess("redeno", started, { listen: "tcp" });
    const load = (share: number) =>
      redisBenchmark(server, {
        test: command,
        pipeline: PIPELINE,
        requests: Math.ceil(requests * share),
        clients: CLIENTS,
        randomKeys: RANDOM_KEYS,
      });
    await load(WARM_SHARE);
    const began = performance.now();
    await load(1);
    const loadedMs = performance.now() - began;
    // Written when the process ends by itself.
    await server.stop("SIGTERM");
    return sharesOf(await largestProfile(folder), loadedMs * 1000);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Every thread writes one; that of the server has most to tell. */
async function largestProfile(folder: string): Promise<CpuProfile> {
  const texts: string[] = [];
  for await (const { name } of Deno.readDir(folder)) texts.push(await Deno.readTextFile(`${folder}/${name}`));
  const [largest] = texts.toSorted((a, b) => b.length - a.length);
  if (largest === undefined) throw new Error("the server wrote no profile");
  return JSON.parse(largest) as CpuProfile;
}

/** @param lastUs only so many microseconds before the end are looked at: the load, not the start */
function sharesOf(profile: CpuProfile, lastUs: number): Shares {
  const places = placesOf(profile.nodes);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const from = profile.endTime - lastUs;
  const byPlace = new Map<Place, number>();
  const byFunction = new Map<string, number>();
  let busy = 0;
  let at = profile.startTime;
  for (let i = 0; i < profile.samples.length; i++) {
    at += profile.timeDeltas[i]!;
    const id = profile.samples[i]!;
    const place = places.get(id)!;
    // How long a function was found running: until the next sample.
    const us = profile.timeDeltas[i + 1] ?? 0;
    if (at < from || place === "idle") continue;
    busy += us;
    byPlace.set(place, (byPlace.get(place) ?? 0) + us);
    const name = describe(nodes.get(id)!);
    byFunction.set(name, (byFunction.get(name) ?? 0) + us);
  }
  const hottest = [...byFunction].toSorted((a, b) => b[1] - a[1]).slice(0, HOTTEST);
  return {
    places: new Map([...byPlace].map(([place, us]) => [place, us / busy])),
    hottest: hottest.map(([name, us]) => [name, us / busy]),
  };
}

function describe({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const file = /\/(src\/.*|[^/]*\/[^/]*)$/.exec(url)?.[1] ?? url;
  return `${functionName || "(nameless)"} ${file}${url === "" ? "" : `:${lineNumber + 1}`}`;
}

/** Where each node's time belongs; a node without a file belongs where its caller does. */
function placesOf(nodes: readonly ProfileNode[]): Map<number, Place> {
  const places = new Map<number, Place>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const visit = (node: ProfileNode, inherited: Place) => {
    const place = placeOf(node) ?? inherited;
    places.set(node.id, place);
    for (const child of node.children ?? []) visit(byId.get(child)!, place);
  };
  visit(nodes[0]!, "runtime");
  return places;
}

function placeOf({ callFrame: { functionName, url } }: ProfileNode): Place | undefined {
  if (functionName === "(idle)") return "idle";
  if (functionName === "(garbage collector)") return "collector";
  if (url === "") return undefined;
  if (url.includes("/src/scripting/fengari/") || url.includes("/fengari/")) return "engine";
  if (url.includes("/src/scripting/") || url.includes("/src/commands/scripting/")) return "scripting";
  if (/\/src\/(commands|store|sys|swap)\//.test(url)) return "commands and data";
  if (url.startsWith("file:")) return "server";
  return "runtime";
}
