/** INFO's sections about the process: Server and CPU. */
import type { RedenoServer } from "../server.ts";
import { nodeProcess } from "../../sys/node_modules.ts";
import { REDENO_VERSION, REDIS_VERSION } from "../../sys/version.ts";
import type { Fields } from "./fields.ts";

const SECONDS_A_DAY = 86400;
/** The 24 bits of the access clock, in seconds. */
const LRU_CLOCK_MASK = 0xffffff;

/** How the runtime waits for sockets, by system. */
const MULTIPLEXING: Readonly<Record<string, string>> = { linux: "epoll", android: "epoll", windows: "iocp" };
const KERNELS: Readonly<Record<string, string>> = { linux: "Linux", darwin: "Darwin", windows: "Windows" };

/** What does not change while the process lives. */
let systemName: string | undefined;

function system(): string {
  const { os, arch } = Deno.build;
  return systemName ??= `${KERNELS[os] ?? os} ${Deno.osRelease()} ${arch}`;
}

export function serverFields(server: RedenoServer): Fields {
  const now = server.clock.now();
  const uptime = Math.floor((now - server.startedAt) / 1000);
  const { settings } = server;
  return [
    ["redis_version", REDIS_VERSION],
    ["redeno_version", REDENO_VERSION],
    ["redis_mode", "standalone"],
    ["os", system()],
    ["arch_bits", 64],
    ["multiplexing_api", MULTIPLEXING[Deno.build.os] ?? "kqueue"],
    ["deno_version", Deno.version.deno],
    ["v8_version", Deno.version.v8],
    ["process_id", Deno.pid],
    ["process_supervised", "no"],
    ["run_id", server.runId],
    ["tcp_port", server.listeners.ports[0] ?? settings.number("port")],
    ["server_time_usec", server.clock.micros()],
    ["uptime_in_seconds", uptime],
    ["uptime_in_days", Math.floor(uptime / SECONDS_A_DAY)],
    ["hz", settings.number("hz")],
    ["configured_hz", settings.number("hz")],
    ["lru_clock", Math.floor(now / 1000) & LRU_CLOCK_MASK],
    ["executable", Deno.execPath()],
    ["config_file", settings.file ?? ""],
    ["io_threads_active", 0],
  ];
}

/** Seconds of processor time; those of the main thread and of children where the system tells them. */
export function cpuFields(): Fields {
  const { system, user } = nodeProcess().cpuUsage();
  const ofProcess = linuxTimes("/proc/self/stat");
  const ofThread = linuxTimes(`/proc/self/task/${Deno.pid}/stat`);
  const fields: [string, string][] = [
    ["used_cpu_sys", (system / 1e6).toFixed(6)],
    ["used_cpu_user", (user / 1e6).toFixed(6)],
  ];
  if (ofProcess !== undefined) {
    fields.push(["used_cpu_sys_children", ofProcess.childrenSystem.toFixed(6)]);
    fields.push(["used_cpu_user_children", ofProcess.childrenUser.toFixed(6)]);
  }
  if (ofThread !== undefined) {
    fields.push(["used_cpu_sys_main_thread", ofThread.system.toFixed(6)]);
    fields.push(["used_cpu_user_main_thread", ofThread.user.toFixed(6)]);
  }
  return fields;
}

/** The kernel counts in steps of 10 ms for everybody who reads /proc. */
const TICKS_A_SECOND = 100;

interface Times {
  readonly user: number;
  readonly system: number;
  readonly childrenUser: number;
  readonly childrenSystem: number;
}

function linuxTimes(path: string): Times | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const text = Deno.readTextFileSync(path);
    // The name of the program, in parentheses, may hold anything; the fields after it do not.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const seconds = (field: number) => Number(fields[field]) / TICKS_A_SECOND;
    return { user: seconds(11), system: seconds(12), childrenUser: seconds(13), childrenSystem: seconds(14) };
  } catch {
    return undefined;
  }
}
