/**
 * Stories of applications, cut by SIGKILL: clients work, the server dies in the middle of their turns, starts again on the
 * same files, and the applications' own invariants must hold; then the clients go on, and they must still hold.
 *
 * Several applications share a server, each in a database of its own: there is more under way when it dies.
 */
import { Folder, redeno } from "../restart/folder.ts";
import { type Application, range, type Scale, type Story } from "./application.ts";
import { TestWorld } from "./world.ts";

const ARGS = ["--appendonly", "yes", "--appendfsync", "always"];
/** So many turns of each application are waited for. */
const TURNS_BEFORE_KILL: Record<Scale, readonly [number, number]> = { small: [5, 40], full: [5, 300] };
const KILLS: Record<Scale, number> = { small: 1, full: 3 };
const TURNS_AFTERWARDS = 3;
/** The kill comes up to so many ms after the last turn that is waited for. */
const DELAY_MS_MAX = 3;

/** @param applications at most 16, as many as there are databases @returns what went wrong, by their names */
export async function killAndRestart(
  applications: readonly Application[],
  scale: Scale,
  seed: number,
): Promise<Map<string, unknown>> {
  await using folder = await Folder.make();
  const path = folder.at("s.sock");
  const plays = applications.map((application, database) =>
    new Play(application, path, database, scale, seed)
  );
  let program = await folder.start(redeno, ARGS);
  const atOnce = (act: (play: Play) => Promise<void>) => Promise.all(plays.map((play) => play.attempt(act)));
  try {
    await atOnce((play) => play.begin());
    for (let kill = 0; kill < KILLS[scale]; kill++) {
      await atOnce((play) => play.work());
      for (const play of plays) play.endsNow();
      await program.stop("SIGKILL");
      await atOnce((play) => play.over());
      program = await folder.start(redeno, ARGS);
      await atOnce((play) => play.check());
    }
    await atOnce((play) => play.goOn());
    await atOnce((play) => play.check());
  } finally {
    for (const play of plays) await play.end();
    await program[Symbol.asyncDispose]();
  }
  return new Map(
    plays.filter(({ failure }) => failure !== undefined).map(({ id, failure }) => [id, failure]),
  );
}

/** One application, whose clients take their turns. After its first failure it does nothing. */
class Play {
  readonly id: string;
  failure: unknown;
  readonly #application: Application;
  readonly #world: TestWorld;
  readonly #range: readonly [number, number];
  #story: Story | undefined;
  #turns: number[] = [];
  #workers: Promise<void>[] = [];
  #done = 0;
  /** From now on the server may be dead. */
  #mayBeDead = false;
  #look: () => void = () => {};

  constructor(application: Application, path: string, database: number, scale: Scale, seed: number) {
    this.id = application.id;
    this.#application = application;
    this.#world = new TestWorld({ server: "redeno", path, port: undefined, database }, scale, seed);
    this.#range = TURNS_BEFORE_KILL[scale];
  }

  async attempt(act: (play: Play) => Promise<void>): Promise<void> {
    if (this.failure !== undefined) return;
    try {
      await act(this);
    } catch (error) {
      this.failure ??= error;
    }
  }

  async begin(): Promise<void> {
    this.#story = await this.#application.story(this.#world);
    this.#turns = range(this.#story.clients).map(() => 0);
  }

  /** Lets the clients work, and resolves when the server may be killed. They go on until it is. */
  async work(): Promise<void> {
    const { random } = this.#world;
    const enough = random.between(...this.#range);
    const delayMs = random.between(0, DELAY_MS_MAX);
    this.#done = 0;
    this.#mayBeDead = false;
    this.#workers = this.#turns.map((_, client) => this.#work(client));
    await new Promise<void>((resolve) => {
      this.#look = () => {
        if (this.#done >= enough || this.failure !== undefined) resolve();
      };
      this.#look();
    });
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  }

  endsNow(): void {
    this.#mayBeDead = true;
  }

  /** Resolves when every client has seen the end of the server. */
  async over(): Promise<void> {
    await Promise.all(this.#workers);
    this.#world.disconnect();
  }

  async check(): Promise<void> {
    await this.#story!.invariants(await this.#world.client("checks"));
  }

  /** The clients come back, and take some turns more. */
  async goOn(): Promise<void> {
    await Promise.all(this.#turns.map(async (_, client) => {
      const redis = await this.#world.client(`worker ${client}`);
      for (let i = 0; i < TURNS_AFTERWARDS; i++) {
        await this.#story!.turn(redis, client, this.#turns[client]!++);
      }
    }));
  }

  async end(): Promise<void> {
    await this.#world[Symbol.asyncDispose]();
  }

  async #work(client: number): Promise<void> {
    try {
      const redis = await this.#world.client(`worker ${client}`);
      while (this.failure === undefined) {
        await this.#story!.turn(redis, client, this.#turns[client]!++);
        this.#done++;
        this.#look();
      }
    } catch (error) {
      if (!(this.#mayBeDead && isLostConnection(error))) this.failure ??= error;
      this.#look();
    }
  }
}

/** What a client library says when the other side is gone. */
function isLostConnection(error: unknown): boolean {
  return error instanceof Error &&
    /Connection is closed|ECONNRESET|EPIPE|ECONNREFUSED|ENOENT|Stream isn't writeable/.test(error.message);
}
