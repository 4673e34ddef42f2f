/**
 * A server in the test's own process: no socket, a clock that stands still, a fixed seed. Commands go in through the
 * dispatcher, as those of a real client do, and come out as values.
 *
 * ```ts
 * using server = testServer({ k: "This is a string" });
 * assertEquals(server.send("GETRANGE k -3 -1"), "ing");
 * ```
 *
 * What lies behind the commands and has nothing to do with the data (INFO, the configuration file, stopping) is not
 * here: asking for it throws.
 */
import { assertEquals } from "@std/assert";
import { Args } from "../../src/args.ts";
import { type Command, CommandTable } from "../../src/command_table.ts";
import { commandSpecs } from "../../src/commands/mod.ts";
import type {
  Client,
  Clients,
  Context,
  MemoryReport,
  PauseMode,
  PersistenceCommands,
  ReplyMode,
  Server,
  Settings,
  ShutdownWish,
  Subscriptions,
  Transaction,
} from "../../src/context.ts";
import { Attention, Dispatcher, type DispatchHooks } from "../../src/dispatch.ts";
import type { SlowCall } from "../../src/observation.ts";
import { PubSub } from "../../src/pubsub/pubsub.ts";
import { TrackingRegistry } from "../../src/tracking/tracking.ts";
import { Reply } from "../../src/resp/reply.ts";
import type { Database } from "../../src/store/database.ts";
import { setTypeAndEncoding } from "../../src/store/memory/entry.ts";
import type { Journal } from "../../src/journal.ts";
import { Keyspace } from "../../src/store/keyspace.ts";
import type { Watcher } from "../../src/store/watch.ts";
import { Slice } from "../../src/sys/bytes.ts";
import { ManualClock } from "../../src/sys/clock.ts";
import { Random } from "../../src/sys/random.ts";
import { findKeys } from "../../src/commands/server/command_keys.ts";
import { FengariEngine } from "../../src/scripting/fengari/fengari_engine.ts";
import { ScriptRunner } from "../../src/scripting/script_runner.ts";
import { Observer } from "../../src/server/observer.ts";
import { parseReplies, type Plain, plain } from "./resp_value.ts";
import { fromLatin1, latin1, type Line, toArgs } from "./split_args.ts";

const SEED = 20_201_007;

const SETTINGS: readonly (readonly [string, string])[] = [
  ["databases", "16"],
  ["proto-max-bulk-len", "536870912"],
  ["maxmemory", "0"],
  ["maxmemory-policy", "noeviction"],
  ["rdbcompression", "yes"],
  ["requirepass", ""],
  ["busy-reply-threshold", "5000"],
];

/** A server holding these strings. */
export function testServer(keys: Readonly<Record<string, string>> = {}, seed = SEED): TestServer {
  const server = new TestServer(seed);
  for (const [name, value] of Object.entries(keys)) server.send(["SET", name, value]);
  server.events.length = 0;
  return server;
}

/** Sends every line and compares the reply; the lines run in order, each a step of its own. */
export async function checkReplies(
  t: Deno.TestContext,
  server: TestServer,
  cases: readonly (readonly [line: Line, reply: Plain])[],
): Promise<void> {
  for (const [line, reply] of cases) {
    const name = typeof line === "string" ? line : line.map(String).join(" ").slice(0, 60);
    await t.step(name, () => assertEquals(server.send(line), reply));
  }
}

export class TestServer implements Server, DispatchHooks, Disposable {
  readonly commands: CommandTable = new CommandTable(commandSpecs);
  readonly clock: ManualClock = new ManualClock();
  readonly random: Random;
  readonly keyspace: Keyspace;
  readonly clients: TestClients = new TestClients();
  readonly settings: TestSettings = new TestSettings();
  readonly dispatcher: Dispatcher;
  readonly observation: Observer;
  readonly client: TestClient;
  /** Keyspace events as `event key@database`, in the order in which they came. */
  readonly events: string[] = [];
  /** What handlers threw that was no reply. */
  readonly failures: unknown[] = [];
  readonly passwordRequired = false;
  readonly lastSavedAt: number = this.clock.now();
  activeExpire = true;
  readonly persistence: PersistenceCommands = new NoPersistence();
  readonly pubsub: PubSub;
  readonly tracking: TrackingRegistry;
  readonly scripting: ScriptRunner;
  /** What scripts logged. */
  readonly log: string[] = [];
  /** Code of error replies, in the order in which they were counted. */
  readonly errors: string[] = [];
  /** What is to be done in a turn of its own: a suspended script goes on. */
  readonly #laters: (() => void)[] = [];

  constructor(seed: number) {
    this.random = new Random(seed);
    this.keyspace = new Keyspace({ databases: 16, random: this.random, now: this.clock.now() });
    this.keyspace.listeners.event = (database, _type, event, key) =>
      this.events.push(`${event} ${key.text()}@${database}`);
    this.pubsub = new PubSub(this.keyspace.hashKey, () => {});
    this.tracking = new TrackingRegistry({
      keyspace: this.keyspace,
      byId: (id) => this.clients.byId(id),
      forEachKey: (command, args, visit) =>
        findKeys(command, args, 0).forEach(({ at }) => visit(args.at(at))),
      delivered: () => {},
      wantsTurn: () => {},
      changed: () => this.dispatcher.followTracking(),
    });
    this.dispatcher = new Dispatcher(this.commands, this);
    this.observation = new Observer(this.dispatcher, this.clock, () => {});
    this.scripting = new ScriptRunner({
      server: this,
      newEngine: (options) => new FengariEngine(options),
      keysOf: (command, args) => findKeys(command, args, 0).map(({ at }) => at),
      later: (callback) => void this.#laters.push(callback),
      workMs: () => this.clock.monotonicMs(),
      inTurn: (action) => action(),
      log: (level, text) => void this.log.push(`${level} ${text}`),
    });
    this.client = this.connect();
  }

  /** One more client. */
  connect(): TestClient {
    const client = new TestClient(this, this.clients.size + 1);
    this.clients.add(client);
    return client;
  }

  /** The reply to a command: text, number, null, array; an error is its text, without the dash. */
  send(line: Line): Plain {
    return this.client.send(line);
  }

  /** The reply to a command as the bytes on the wire, one character a byte. */
  raw(line: Line): string {
    return this.client.raw(line);
  }

  /** Events since the last call. */
  takeEvents(): string[] {
    return this.events.splice(0);
  }

  /** Lets a key of database 0 look as if it held another type. */
  pretendType(key: string, type: number, encoding = 0): void {
    const ref = this.keyspace.databases[0]!.find(new Slice(fromLatin1(key)));
    setTypeAndEncoding(this.keyspace.arena, ref, type, encoding);
  }

  /** Fails when a handler failed. */
  [Symbol.dispose](): void {
    assertEquals(this.failures.map(String), []);
  }

  get journal(): Journal {
    return this.dispatcher.journal;
  }

  micros(): number {
    return this.clock.micros();
  }

  allowsProtected(): boolean {
    return true;
  }

  mustLoad(): boolean {
    return false;
  }

  mustBeShownFirst(): boolean {
    return false;
  }

  mustWait(): boolean {
    return false;
  }

  declaredWrites(): undefined {
    return undefined;
  }

  countError(text: string): void {
    this.errors.push(text.split(" ", 1)[0]!);
  }

  /** Lets a turn pass: a suspended script goes on for a while. Whether there was anything to do. */
  turn(): boolean {
    const laters = this.#laters.splice(0);
    for (const later of laters) later();
    return laters.length > 0;
  }

  refuseHttp(client: Client): void {
    client.closeAfterReply = true;
  }

  slowCall(call: SlowCall): void {
    this.observation.slowCall(call);
  }

  internalError(error: unknown): void {
    this.failures.push(error);
  }

  engineIsWanted(): never {
    throw new Error("the test server has its engine from the beginning");
  }

  persistenceRefusal(): undefined {
    return undefined;
  }

  checkPassword(): boolean {
    return false;
  }

  resetStatistics(): void {
    this.keyspace.hits = this.keyspace.misses = 0;
  }

  crash(kind: string): void {
    this.log.push(`crash ${kind}`);
  }

  sleep(ms: number): void {
    this.clock.advance(ms);
  }

  call(context: Context, command: Command, args: Args): void {
    this.dispatcher.call(context, command, args);
  }

  info(): string {
    throw new Error("the test server has no INFO");
  }

  rewriteConfig(): string {
    throw new Error("the test server has no configuration file");
  }

  shutdown(_wish: ShutdownWish): boolean {
    throw new Error("the test server does not stop");
  }

  changeReplicationId(): void {
    throw new Error("the test server does not replicate");
  }

  memory(): MemoryReport {
    throw new Error("the test server does not measure memory");
  }
}

/** A client without a connection. */
export class TestClient implements Client, Context {
  readonly client: Client = this;
  readonly server: TestServer;
  readonly keyspace: Keyspace;
  db: Database;
  readonly id: number;
  name = "";
  libraryName = "";
  libraryVersion = "";
  user = "default";
  authenticated = true;
  attention = 0;
  replyMode: ReplyMode = "on";
  noEvict = false;
  noTouch = false;
  readonly address = "127.0.0.1:50000";
  readonly isLocal = true;
  readonly localAddress = "127.0.0.1:6379";
  readonly connectedAt: number;
  lastActiveAt: number;
  lastCommand: Command | undefined = undefined;
  readonly reply: Reply = new Reply();
  #transaction: Transaction | undefined;
  #subscriptions: Subscriptions | undefined;
  watcher: Watcher | undefined = undefined;
  readonly waiting = undefined;
  readonly canBeSuspended = true;
  isSuspended = false;
  closeAfterReply = false;

  constructor(server: TestServer, id: number) {
    this.server = server;
    this.keyspace = server.keyspace;
    this.db = server.keyspace.databases[0]!;
    this.id = id;
    this.connectedAt = this.lastActiveAt = server.clock.now();
  }

  get protocol(): 2 | 3 {
    return this.reply.resp3 ? 3 : 2;
  }

  set protocol(version: 2 | 3) {
    this.reply.resp3 = version === 3;
  }

  get transaction(): Transaction | undefined {
    return this.#transaction;
  }

  set transaction(begun: Transaction | undefined) {
    this.#transaction = begun;
    if (begun === undefined) this.attention &= ~Attention.inTransaction;
    else this.attention |= Attention.inTransaction;
  }

  get subscriptions(): Subscriptions | undefined {
    return this.#subscriptions;
  }

  set subscriptions(some: Subscriptions | undefined) {
    this.#subscriptions = some;
    if (some === undefined) this.attention &= ~Attention.subscribed;
    else this.attention |= Attention.subscribed;
  }

  get kind(): "normal" | "pubsub" {
    return this.#subscriptions === undefined ? "normal" : "pubsub";
  }

  wait(): never {
    throw new Error("a client without a connection cannot wait: see in_process.ts");
  }

  endWait(): boolean {
    return false;
  }

  suspend(): void {
    this.isSuspended = true;
  }

  resumed(): void {
    this.isSuspended = false;
  }

  /** What was answered since the last request: the script that was suspended has ended. */
  takeReply(): string {
    const { length } = this.reply;
    return latin1(this.reply.take().subarray(0, length));
  }

  describe(): string {
    return `id=${this.id}`;
  }

  /** The bytes of the reply, one character a byte. */
  raw(line: Line): string {
    return latin1(this.#execute(line));
  }

  /** @see TestServer.send */
  send(line: Line): Plain {
    const [reply] = parseReplies(this.#execute(line));
    if (reply === undefined) throw new Error("there was no reply");
    return reply.value.kind === "error" ? reply.value.text : plain(reply.value);
  }

  #execute(line: Line): Uint8Array {
    const { server } = this;
    server.keyspace.tick(server.clock.now());
    server.dispatcher.beginBatch();
    server.dispatcher.execute(this, Args.of(...toArgs(line)));
    server.dispatcher.endBatch();
    const length = this.reply.length;
    return this.reply.take().subarray(0, length);
  }
}

/** Keeps nothing. */
class NoPersistence implements PersistenceCommands {
  save(): never {
    throw new Error("the test server saves nothing");
  }

  backgroundSave(): never {
    throw new Error("the test server saves nothing");
  }

  rewriteAof(): never {
    throw new Error("the test server has no append-only file");
  }

  flushedAll(): void {}

  reload(): never {
    throw new Error("the test server has nothing to load");
  }

  loadAof(): never {
    throw new Error("the test server has nothing to load");
  }
}

export class TestClients implements Clients {
  readonly #all: TestClient[] = [];
  pauseMode: PauseMode | undefined;

  get size(): number {
    return this.#all.length;
  }

  add(client: TestClient): void {
    this.#all.push(client);
  }

  byId(id: number): Client | undefined {
    return this.#all.find((client) => client.id === id);
  }

  all(): Iterable<Client> {
    return this.#all;
  }

  kill(victim: Client): void {
    const at = this.#all.findIndex((client) => client === victim);
    if (at >= 0) this.#all.splice(at, 1);
  }

  pause(mode: PauseMode): void {
    this.pauseMode = mode;
  }

  unpause(): void {
    this.pauseMode = undefined;
  }
}

export class TestSettings implements Settings {
  readonly #values: Map<string, string> = new Map(SETTINGS);

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  number(name: string): number {
    return Number(this.#values.get(name) ?? NaN);
  }

  flag(name: string): boolean {
    return this.#values.get(name) === "yes";
  }

  getMatching(): readonly (readonly [string, string])[] {
    return [...this.#values];
  }

  setMany(pairs: readonly (readonly [string, string])[]): undefined {
    for (const [name, value] of pairs) this.#values.set(name, value);
  }
}
