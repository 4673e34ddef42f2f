/**
 * What the page asks: one function a path. Reading takes GET or, where keys are named, POST; what changes something takes
 * POST and, but for logging in and out, `http-allow-writes`.
 */
import { REDENO_VERSION, REDIS_VERSION } from "../sys/version.ts";
import type { RedenoServer } from "../server/server.ts";
import type { Access } from "./access.ts";
import { json, Refusal } from "./answers.ts";
import { runScript } from "./console.ts";
import { Input } from "./input.ts";
import { listKeys, showValue } from "./key_browser.ts";
import { editKey } from "./key_edits.ts";
import { sampleKeyspace } from "./keyspace_sample.ts";
import type { LiveNumbers } from "./live.ts";
import { commandsOf } from "./metrics.ts";
import { CommandFailed, PageClient } from "./page_client.ts";

const CLIENTS_MAX = 500;
const SLOW_CALLS_MAX = 128;
const DATABASE_MAX = 2 ** 31 - 1;

/** What the functions share, for as long as the port is open. */
export interface ApiHost {
  readonly server: RedenoServer;
  readonly access: Access;
  readonly live: LiveNumbers;
}

interface Call extends ApiHost {
  readonly request: Request;
  readonly user: string;
}

interface Endpoint {
  readonly method: "GET" | "POST";
  /** Can be asked without a password. */
  readonly isOpen?: true;
  /** Is refused without `http-allow-writes`. */
  readonly writes?: true;
  readonly run: (call: Call, input: Input) => unknown | Promise<unknown>;
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "/api/server": { method: "GET", isOpen: true, run: describeServer },
  "/api/login": { method: "POST", isOpen: true, run: login },
  "/api/logout": { method: "POST", isOpen: true, run: ({ access, request }) => access.logout(request) },
  "/api/live": { method: "GET", run: ({ live }) => live.read() },
  "/api/keyspace": { method: "GET", run: ({ server }) => sampleKeyspace(server) },
  "/api/commands": { method: "GET", run: listCommands },
  "/api/clients": { method: "GET", run: listClients },
  "/api/slowlog": { method: "GET", run: listSlowCalls },
  "/api/keys": { method: "POST", run: (call, input) => withClient(call, input, listKeys) },
  "/api/value": { method: "POST", run: (call, input) => withClient(call, input, showValue) },
  "/api/edit": { method: "POST", writes: true, run: (call, input) => withClient(call, input, editKey) },
  "/api/script": { method: "POST", run: evaluate },
  "/api/script/kill": { method: "POST", run: killScript },
  "/api/clients/kill": { method: "POST", writes: true, run: killClient },
};

/** Answers a request to a path below /api/. @throws Refusal */
export async function callApi(host: ApiHost, request: Request, path: string): Promise<Response> {
  const endpoint = Object.hasOwn(ENDPOINTS, path) ? ENDPOINTS[path] : undefined;
  if (endpoint === undefined) throw new Refusal(404, `There is no ${path}.`);
  if (request.method !== endpoint.method) {
    throw new Refusal(405, `${path} is to be asked with ${endpoint.method}.`, { allow: endpoint.method });
  }
  const user = host.access.userOf(request);
  // No challenge: it is the page that asks for the password.
  if (user === undefined && endpoint.isOpen !== true) throw new Refusal(401, "A password is needed.");
  if (endpoint.writes === true && !host.server.settings.flag("http-allow-writes")) {
    throw new Refusal(403, "Nothing can be changed here: http-allow-writes is off.");
  }
  const input = endpoint.method === "POST" ? await Input.read(request) : new Input({});
  try {
    return json(await endpoint.run({ ...host, request, user: user ?? "" }, input) ?? {});
  } catch (error) {
    // What a command says is an answer, and no failure of the request.
    if (error instanceof CommandFailed) return json({ error: error.message });
    throw error;
  }
}

async function withClient<T>(
  { server, user }: Call,
  input: Input,
  action: (client: PageClient, input: Input) => Promise<T>,
): Promise<T> {
  const database = input.integer("db", 0, DATABASE_MAX, 0);
  using client = new PageClient(server, { user, database });
  return await action(client, input);
}

/** Who the server is, and the first numbers, so that the page opens with one request. */
function describeServer({ server, user, live }: Call): unknown {
  if (user === "") return { needsLogin: true };
  const { settings } = server;
  return {
    needsLogin: false,
    user,
    hasPassword: server.passwordRequired,
    version: REDENO_VERSION,
    redisVersion: REDIS_VERSION,
    runtime: `Deno ${Deno.version.deno}`,
    pid: Deno.pid,
    port: server.listeners.ports[0] ?? 0,
    socket: settings.get("unixsocket") ?? "",
    startedAt: server.startedAt,
    databases: server.keyspace.databases.length,
    live: live.read(),
  };
}

function login({ access }: Call, input: Input): unknown {
  const token = access.login(input.text("user", ""), input.text("password"));
  return token === undefined ? { error: "Wrong user or password." } : { token };
}

/** Name, calls, microseconds of all calls, percentiles 50 and 99 in microseconds, failed, refused. */
function listCommands({ server }: Call): unknown {
  return [...commandsOf(server)].map((command) => [
    command.name,
    command.calls,
    Math.round(command.microseconds),
    round(command.latency?.percentile(50)),
    round(command.latency?.percentile(99)),
    command.failedCalls,
    command.rejectedCalls,
  ]);
}

function round(microseconds = 0): number {
  return Number(microseconds.toPrecision(3));
}

/** As lines of CLIENT LIST, the latest first. */
function listClients({ server }: Call): unknown {
  server.keyspace.tick(server.clock.now());
  const all = [...server.clients.all()].reverse();
  return { count: all.length, lines: all.slice(0, CLIENTS_MAX).map((client) => client.describe()) };
}

/** The slow log, and what the latency monitor has seen: of each event the latest sample, and the worst. */
function listSlowCalls({ server }: Call): unknown {
  const { slowLog, latency } = server.observation;
  const events = [...latency.events()].map(({ name, samples, maxMs }) => ({
    name,
    samples: samples.length,
    maxMs,
    ...samples.at(-1),
  }));
  return {
    slowerThan: server.settings.number("slowlog-log-slower-than"),
    count: slowLog.length,
    entries: slowLog.latest(SLOW_CALLS_MAX),
    monitorsFromMs: server.settings.number("latency-monitor-threshold"),
    events,
  };
}

function evaluate(call: Call, input: Input): unknown {
  const { server } = call;
  const mayWrite = server.settings.flag("http-allow-writes");
  return withClient(call, input, (client) => runScript(client, input, mayWrite, server.clock));
}

function killScript(call: Call): unknown {
  return withClient(call, new Input({}), async (client) => {
    await client.ask("SCRIPT", "KILL");
    return { done: true };
  });
}

function killClient(call: Call, input: Input): unknown {
  const id = input.integer("id", 1, Number.MAX_SAFE_INTEGER);
  return withClient(call, input, async (client) => ({
    done: await client.number("CLIENT", "KILL", "ID", id) === 1,
  }));
}
