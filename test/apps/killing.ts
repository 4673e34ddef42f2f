/**
 * Stories of applications, cut by SIGKILL: clients work, the server dies in the middle of their turns, starts again on the
 * same files, and the applications' own invariants must hold; then the clients go on, and they must still hold.
 *
 * Several applications share a server, each in a database of its own: there is more under way when it dies.
 */
import { Random } from "../fuzz/random.ts";
import { Folder, redeno } from "../restart/folder.ts";
import { type Application, range, type Scale, type Story } from "./application.ts";
import { withinLimit } from "./harness.ts";
import { TestWorld } from "./world.ts";

const KEEPS_ALL = ["--appendonly", "yes", "--appendfsync", "always"];
const KEEPS_NOTHING = ["--appendonly", "no"];
/** So many turns of each application are waited for. */
const TURNS_BEFORE_KILL: Record<Scale, readonly [number, number]> = { small: [5, 40], full: [5, 300] };
const KILLS: Record<Scale, number> = { small: 1, full: 3 };
const TURNS_AFTERWARDS = 3;
/** When all have done theirs they go on together, and the kill comes up to so many ms later. */
const DELAY_MS_MAX = 12;

export interface Killed {
  /** What went wrong, by the names of the applications. */
  readonly failures: Map<string, unknown>;
  /** How many turns a death has cut. */
  readonly cut: number;
}

/**
 * @param applications at most 16, as many as there are databases
 * @param forgets whether the server keeps nothing, which every story must notice
 */
export async function killAndRestart(
  applications: readonly Application[],
  scale: Scale,
  seed: number,
  forgets = false,
): Promise<Killed> {
  const args = forgets ? KEEPS_NOTHING : KEEPS_ALL;
  await using folder = await Folder.make();
  const path = folder.at("s.sock");
  const plays = applications.map((application, database) =>
    new Play(application, path, database, scale, seed)
  );
  const random = new Random(seed);
  let program = await folder.start(redeno, args);
  const atOnce = (act: (play: Play) => Promise<void>) => Promise.all(plays.map((play) => play.attempt(act)));
  try {
    await atOnce((play) => play.begin());
    for (let kill = 0; kill < KILLS[scale]; kill++) {
      await atOnce((play) => play.work());
      for (const play of plays) play.sprint();
      await new Promise((resolve) => setTimeout(resolve, random.between(0, DELAY_MS_MAX)));
      await program.stop("SIGKILL");
      await atOnce((play) => play.over());
      program = await folder.start(redeno, args);
      await atOnce((play) => play.check());
    }
    await atOnce((play) => play.goOn());
    await atOnce((play) => play.check());
  } finally {
    for (const play of plays) await play.end();
    await program[Symbol.asyncDispose]();
  }
  const failed = plays.filter(({ failure }) => failure !== undefined);
  return {
    failures: new Map(failed.map(({ id, failure }) => [id, failure])),
    cut: plays.reduce((sum, play) => sum + play.cut, 0),
  };
}

/** One application, whose clients take their turns. After its first failure it does nothing. */
class Play {
  readonly id: string;
  failure: unknown;
  /** How many of its turns a death has cut. */
  cut = 0;
  readonly #application: Application;
  readonly #world: TestWorld;
  readonly #range: readonly [number, number];
  #story: Story | undefined;
  #turns: number[] = [];
  #workers: Promise<void>[] = [];
  #done = 0;
  #enough = 0;
  /** From now on the server may be dead. */
  #mayBeDead = false;
  /** Tells that there were enough turns, or that something failed. */
  #tell: () => void = () => {};
  #go: () => void = () => {};

  constructor(application: Application, path: string, database: number, scale: Scale, seed: number) {
    this.id = application.id;
    this.#application = application;
    this.#world = new TestWorld({ server: "redeno", path, port: undefined, database }, scale, seed);
    this.#range = TURNS_BEFORE_KILL[scale];
  }

  async attempt(act: (play: Play) => Promise<void>): Promise<void> {
    if (this.failure !== undefined) return;
    try {
      await withinLimit(act(this));
    } catch (error) {
      this.failure ??= error;
    }
  }

  async begin(): Promise<void> {
    this.#story = await this.#application.story(this.#world);
    this.#turns = range(this.#story.clients).map(() => 0);
  }

  /** Lets the clients take their turns, and resolves when there were enough. Then they wait for the others. */
  async work(): Promise<void> {
    this.#enough = this.#world.random.between(...this.#range);
    this.#done = 0;
    this.#mayBeDead = false;
    const going = new Promise<void>((resolve) => this.#go = resolve);
    const told = new Promise<void>((resolve) => this.#tell = resolve);
    this.#workers = this.#turns.map((_, client) => this.#work(client, going));
    await told;
  }

  /** Lets the clients go on, until the server is dead. */
  sprint(): void {
    this.#mayBeDead = true;
    this.#go();
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

  async #work(client: number, going: Promise<void>): Promise<void> {
    try {
      const redis = await this.#world.client(`worker ${client}`);
      while (this.failure === undefined) {
        await this.#story!.turn(redis, client, this.#turns[client]!++);
        if (++this.#done < this.#enough) continue;
        this.#tell();
        await going;
      }
    } catch (error) {
      if (this.#mayBeDead && isLostConnection(error)) this.cut++;
      else this.failure ??= error;
      this.#tell();
    }
  }
}

/** What a client library says when the other side is gone. */
function isLostConnection(error: unknown): boolean {
  return error instanceof Error &&
    /Connection is closed|ECONNRESET|EPIPE|ECONNREFUSED|ENOENT|Stream isn't writeable/.test(error.message);
}
