/** The benchmarks as one program: redeno beside redis-server, in turns on the same machine, as Markdown tables. */
import { parseArgs } from "@std/cli";
import { whyNoRealServer } from "../../test/support/real_server.ts";
import { apps, APPS_PARTS } from "./apps.ts";
import { growth } from "./growth.ts";
import { idle } from "./idle.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { persistence, PERSISTENCE_PARTS } from "./persistence.ts";
import { conditions } from "./rivals.ts";
import { pubsub, PUBSUB_PARTS } from "./pubsub.ts";
import { scripting, SCRIPTING_PARTS } from "./scripting.ts";
import { startup } from "./startup.ts";
import { throughput } from "./throughput.ts";
import { vm, VM_PARTS } from "./vm.ts";

const USAGE = `deno task bench [NAME ...] [--quick] [--rounds N]

redeno beside redis-server, in turns on the same machine, as Markdown tables. Without a name: throughput.

    throughput   [--tests set,get] [--pipelines 1,16,64]
    memory       [--large]    adds 10 million keys
    latency
    idle
    startup
    growth       [--members 10000000]
    persistence  [--keys 1000000] [--parts files,pauses,append] [--rival-only]
    scripting    [--parts speed,profile,contention]
    pubsub       [--parts publish,notifications,tracking,broadcast,monitor]
    apps         [--parts pipelining,locks,rotation,memory]
    vm           [--keys 1000000] [--parts memory,traffic,pauses,off] [--shapes 1,2,3,4] [--large]`;

const VM_QUICK_KEYS = 50_000;

async function main(): Promise<number> {
  const flags = parseArgs(Deno.args, {
    string: ["rounds", "tests", "pipelines", "keys", "members", "parts", "shapes"],
    boolean: ["quick", "large", "rival-only", "help"],
  });
  if (flags.help === true) {
    console.log(USAGE);
    return 0;
  }
  const why = whyNoRealServer();
  if (why) {
    console.error(`${why}: nothing to compare with`);
    return 2;
  }
  const quick = flags.quick === true;
  const rounds = (usual: number) => Number(flags.rounds ?? (quick ? 1 : usual));
  const pipelines = (flags.pipelines ?? "1,16,64").split(",").map(Number);
  const keys = flags.keys === undefined ? undefined : Number(flags.keys);
  const members = flags.members === undefined ? undefined : Number(flags.members);
  const numbers = [rounds(1), keys ?? 1, members ?? 1, ...pipelines];
  if (!numbers.every((number) => Number.isInteger(number) && number > 0)) {
    console.error("--rounds, --pipelines, --keys and --members are whole numbers from 1 on");
    return 2;
  }
  const known = flags._.includes("vm")
    ? VM_PARTS
    : flags._.includes("scripting")
    ? SCRIPTING_PARTS
    : flags._.includes("pubsub")
    ? PUBSUB_PARTS
    : flags._.includes("apps")
    ? APPS_PARTS
    : PERSISTENCE_PARTS;
  const parts = flags.parts?.split(",") ?? known;
  const unknownPart = parts.find((part) => !known.includes(part));
  if (unknownPart !== undefined) {
    console.error(`no part "${unknownPart}"; there are ${known.join(", ")}`);
    return 2;
  }
  const reports: Readonly<Record<string, () => Promise<string>>> = {
    throughput: () =>
      throughput({
        rounds: rounds(5),
        quick,
        pipelines,
        ...(flags.tests ? { tests: flags.tests.split(",") } : {}),
      }),
    memory: () => memory({ rounds: rounds(3), quick, large: flags.large === true }),
    latency: () => latency({ rounds: rounds(3), quick }),
    idle: () => idle({ rounds: rounds(3), quick }),
    startup: () => startup({ rounds: Number(flags.rounds ?? (quick ? 3 : 20)) }),
    growth: () => growth({ rounds: rounds(3), quick, members }),
    persistence: () =>
      persistence({ rounds: rounds(3), quick, keys, parts, rivalOnly: flags["rival-only"] === true }),
    pubsub: () => pubsub({ rounds: rounds(5), quick, parts }),
    apps: () => apps({ rounds: rounds(3), quick, parts }),
    scripting: () => scripting({ rounds: rounds(5), quick, parts }),
    vm: () =>
      vm({
        rounds: rounds(3),
        parts,
        keys: keys ?? (quick ? VM_QUICK_KEYS : undefined),
        large: flags.large === true,
        shapes: flags.shapes?.split(",").map(Number),
      }),
  };
  const names = flags._.length > 0 ? flags._.map(String) : ["throughput"];
  const unknown = names.find((name) => !(name in reports));
  if (unknown !== undefined) {
    console.error(`no benchmark "${unknown}"; there are ${Object.keys(reports).join(", ")}`);
    return 2;
  }
  console.log(await conditions());
  for (const name of names) console.log(`\n## ${name}\n\n${await reports[name]!()}`);
  return 0;
}

if (import.meta.main) Deno.exit(await main());
