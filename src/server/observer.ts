/** What an operator looks at: takes what the dispatcher reports to the slow log and the latency monitor. */
import { FlagBit } from "../command_table.ts";
import type { Client } from "../context.ts";
import type { Dispatcher } from "../dispatch.ts";
import type { Observation, SlowCall } from "../observation.ts";
import type { Clock } from "../sys/clock.ts";
import { AclLog } from "./acl_log.ts";
import { type LatencyEventName, LatencyMonitor } from "./latency_monitor.ts";
import { Monitors } from "./monitors.ts";
import { secretsOf } from "./secrets.ts";
import { clippedArguments, SlowLog } from "./slow_log.ts";

/** Microseconds: so short a time that neighbouring calls together may take as long. */
const TIMED_ALONE_BELOW = 1000;

export class Observer implements Observation {
  readonly slowLog: SlowLog = new SlowLog();
  readonly latency: LatencyMonitor;
  readonly monitors: Monitors;
  readonly aclLog: AclLog;
  readonly #dispatcher: Dispatcher;
  readonly #clock: Clock;

  /** @param delivered is told of each client that was shown a request */
  constructor(dispatcher: Dispatcher, clock: Clock, delivered: (client: Client) => void) {
    const now = () => clock.now();
    this.#dispatcher = dispatcher;
    this.#clock = clock;
    this.latency = new LatencyMonitor(now);
    this.aclLog = new AclLog(now);
    this.monitors = new Monitors(dispatcher, clock, delivered);
  }

  /** @param slowerThan of the slow log, in microseconds; negative: off @param latencyMs of the monitor; 0: off */
  setThresholds(slowerThan: number, latencyMs: number): void {
    const { timer } = this.#dispatcher;
    this.slowLog.threshold = slowerThan;
    this.latency.threshold = latencyMs === 0 ? Infinity : latencyMs;
    timer.reportedFrom = Math.min(slowerThan < 0 ? Infinity : slowerThan, this.latency.threshold * 1000);
    timer.timesEachCall = timer.reportedFrom < TIMED_ALONE_BELOW;
  }

  /** Does something, and keeps how long it took if that is long. */
  watch(event: LatencyEventName, action: () => void): void {
    const { latency } = this;
    if (latency.threshold === Infinity) return action();
    const began = this.#clock.monotonicMs();
    action();
    latency.took(event, this.#clock.monotonicMs() - began);
  }

  /** A call took at least as long as one of the thresholds. */
  slowCall(call: SlowCall): void {
    const { command, microseconds } = call;
    this.latency.took(eventOf(call), microseconds / 1000);
    if ((command.flagBits & FlagBit.skipSlowLog) !== 0 || !this.slowLog.wants(microseconds)) return;
    const { client } = call.context;
    this.slowLog.add({
      at: Math.floor(this.#clock.now() / 1000),
      microseconds: Math.round(microseconds),
      args: argumentsOf(call),
      // Scripts have a client of their own, which nobody is connected to.
      address: client.id < 0 ? "?:0" : client.address,
      name: client.name,
    });
  }
}

function eventOf({ command, wasWaiting }: SlowCall): LatencyEventName {
  if (wasWaiting === true) return "command-unblocking";
  return (command.flagBits & FlagBit.fast) !== 0 ? "fast-command" : "command";
}

/** What was asked, as far as that is known. */
function argumentsOf({ command, args, calls }: SlowCall): readonly string[] {
  if (calls > 1) return [command.name, `... (${calls} calls that were timed together)`];
  if (args === undefined) return [command.name, "... (arguments not kept)"];
  return clippedArguments(args, secretsOf(command, args));
}
