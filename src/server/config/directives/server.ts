/**
 * Directives of the process, its sockets, clients, logs and access control.
 */
import { choiceKind, octalKind, type Source } from "../kinds.ts";
import {
  choice,
  type Directive,
  directive,
  integer,
  memory,
  optionalText,
  text,
  yesOrNo,
} from "../directive.ts";
import { INT32_MAX, INT64_MAX, UINT32_MAX } from "../numbers.ts";
import {
  BIND_ADDRESSES,
  KEYSPACE_EVENTS,
  OOM_SCORE_ADJUSTMENTS,
  OUTPUT_BUFFER_LIMITS,
  PERCENTILES,
  SHUTDOWN_ON_SIGNAL,
} from "../special_kinds.ts";

const HZ_MIN = 1;
const HZ_MAX = 500;

/** Values outside of what the timer can do are taken as the nearest that it can. */
function clampHz(value: string): string {
  return String(Math.min(HZ_MAX, Math.max(HZ_MIN, Number(value))));
}

/** The watchdog cannot look more often than every second turn of the timer. */
function lengthenWatchdogPeriod(value: string, _source: Source, hz: number): string {
  return value === "0" ? value : String(Math.max(Number(value), Math.trunc(2000 / hz)));
}

/** There is no way to the system's log from this runtime; saying nothing would lose the operator's log lines. */
function refuseSyslog(value: string): string | undefined {
  return value === "yes"
    ? "syslog is not available in redeno: use 'logfile', or leave standard output to a supervisor"
    : undefined;
}

/** Variables of a title, and what stands for them when a template is tried out: the first two may be empty. */
const TITLE_VARIABLES: Readonly<Record<string, string>> = {
  "title": "",
  "server-mode": "",
  "listen-addr": "*:0",
  "port": "0",
  "tls-port": "0",
  "config-file": "file",
  "unixsocket": "socket",
};

/** Variables in braces, `{{` for a brace; something must be left of it without them and blanks around. */
function checkTitleTemplate(template: string): string | undefined {
  let isKnown = true;
  const title = template.replace(/\{\{|\{([^{}]*)\}|\{/g, (whole, name: string | undefined) => {
    if (whole === "{{") return "{";
    const value = name === undefined ? undefined : TITLE_VARIABLES[name];
    if (value === undefined) isKnown = false;
    return value ?? "";
  });
  const isValid = isKnown && /[^ ]/.test(title);
  return isValid ? undefined : "template format is invalid or contains unknown variables";
}

export const SERVER_DIRECTIVES: readonly Directive[] = [
  choice("acl-pubsub-default", "resetchannels", ["allchannels", "resetchannels"]),
  text("aclfile", "", { isImmutable: true }),
  integer("acllog-max-len", 128, [0, INT64_MAX], { effect: "live" }),
  yesOrNo("always-show-logo", "no", { effect: "startup", isImmutable: true }),
  directive("bind", BIND_ADDRESSES, "* -::*", { effect: "live" }),
  optionalText("bind-source-addr"),
  optionalText("bio_cpulist", { isImmutable: true }),
  integer("busy-reply-threshold", 5000, [0, INT64_MAX], { oldName: "lua-time-limit", effect: "live" }),
  directive(
    "client-output-buffer-limit",
    OUTPUT_BUFFER_LIMITS,
    "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
    { effect: "live" },
  ),
  memory("client-query-buffer-limit", 1073741824, [1048576, INT64_MAX], { effect: "live" }),
  yesOrNo("crash-log-enabled", "yes", { effect: "live" }),
  yesOrNo("crash-memcheck-enabled", "yes"),
  yesOrNo("daemonize", "no", { effect: "startup", isImmutable: true }),
  yesOrNo("disable-thp", "yes", { isImmutable: true }),
  yesOrNo("dynamic-hz", "yes"),
  choice("enable-debug-command", "no", ["no", "yes", "local"], { effect: "startup", isImmutable: true }),
  choice("enable-module-command", "no", ["no", "yes", "local"], { effect: "startup", isImmutable: true }),
  choice("enable-protected-configs", "no", ["no", "yes", "local"], { effect: "startup", isImmutable: true }),
  integer("hz", 10, [0, INT32_MAX], { effect: "live", adjust: clampHz }),
  text("ignore-warnings", ""),
  integer("io-threads", 1, [1, 128], { isImmutable: true }),
  yesOrNo("io-threads-do-reads", "no", { isImmutable: true }),
  yesOrNo("jemalloc-bg-thread", "yes"),
  integer("latency-monitor-threshold", 0, [0, INT64_MAX], { effect: "live" }),
  yesOrNo("latency-tracking", "yes", { effect: "live" }),
  directive("latency-tracking-info-percentiles", PERCENTILES, "50 99 99.9", { effect: "live" }),
  text("logfile", "", { effect: "startup", isImmutable: true }),
  choice("loglevel", "notice", ["debug", "verbose", "notice", "warning"], { effect: "live" }),
  yesOrNo("lua-enable-deprecated-api", "no", { isImmutable: true, isHidden: true }),
  integer("maxclients", 10000, [1, UINT32_MAX], { effect: "live" }),
  directive("notify-keyspace-events", KEYSPACE_EVENTS, "", { effect: "live" }),
  directive("oom-score-adj", choiceKind(["no", "yes", "relative", "absolute"], { relative: "yes" }), "no"),
  directive("oom-score-adj-values", OOM_SCORE_ADJUSTMENTS, "0 200 800"),
  optionalText("pidfile", { effect: "startup", isImmutable: true }),
  integer("port", 6379, [0, 65535], { effect: "live" }),
  // The reference has none: where the port is written; with port 0 the system chooses it.
  optionalText("port-file", { effect: "startup", isImmutable: true }),
  text("proc-title-template", "{title} {listen-addr} {server-mode}", {}, { check: checkTitleTemplate }),
  choice("propagation-error-behavior", "ignore", ["ignore", "panic", "panic-on-replicas"]),
  yesOrNo("protected-mode", "yes", { effect: "live" }),
  memory("proto-max-bulk-len", 536870912, [1048576, INT64_MAX], { effect: "live" }),
  optionalText("requirepass", { effect: "live", isSensitive: true }, { isBinary: true }),
  optionalText("server_cpulist", { isImmutable: true }),
  yesOrNo("set-proc-title", "yes", { isImmutable: true }),
  directive("shutdown-on-sigint", SHUTDOWN_ON_SIGNAL, "default", { effect: "live" }),
  directive("shutdown-on-sigterm", SHUTDOWN_ON_SIGNAL, "default", { effect: "live" }),
  integer("shutdown-timeout", 10, [0, INT32_MAX]),
  integer("slowlog-log-slower-than", 10000, [-1, INT64_MAX], { effect: "live" }),
  integer("slowlog-max-len", 128, [0, INT64_MAX], { effect: "live" }),
  integer("socket-mark-id", 0, [0, UINT32_MAX], { isImmutable: true }),
  choice("supervised", "no", ["upstart", "systemd", "auto", "no"], { isImmutable: true }),
  yesOrNo("syslog-enabled", "no", { effect: "startup", isImmutable: true, refuse: refuseSyslog }),
  choice("syslog-facility", "local0", [
    "user",
    "local0",
    "local1",
    "local2",
    "local3",
    "local4",
    "local5",
    "local6",
    "local7",
  ], { isImmutable: true }),
  text("syslog-ident", "redis", { isImmutable: true }),
  integer("tcp-backlog", 511, [0, INT32_MAX], { isImmutable: true }),
  integer("tcp-keepalive", 300, [0, INT32_MAX], { effect: "live" }),
  integer("timeout", 0, [0, INT32_MAX], { effect: "live" }),
  integer("tracking-table-max-keys", 1000000, [0, INT64_MAX], { effect: "live" }),
  optionalText("unixsocket", { effect: "startup", isImmutable: true }),
  directive("unixsocketperm", octalKind(0n, 0o777n), "0", { effect: "startup", isImmutable: true }),
  yesOrNo("use-exit-on-panic", "no", { isHidden: true }),
  integer("watchdog-period", 0, [0, INT32_MAX], { isHidden: true, adjust: lengthenWatchdogPeriod }),
];
