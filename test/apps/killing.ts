/**
 * An application's story, cut by SIGKILL: clients work, the server dies in the middle of their turns, starts again on the
 * same files, and the application's own invariants must hold; then the clients go on, and they must still hold.
 */
import type { Redis } from "ioredis";
import { Folder, redeno } from "../restart/folder.ts";
import type { Application, Scale, Story } from "./application.ts";
import { range } from "./application.ts";
import { TestWorld } from "./world.ts";

const ARGS = ["--appendonly", "yes", "--appendfsync", "always"];
const TURNS_BEFORE_KILL: Record<Scale, readonly [number, number]> = { small: [5, 60], full: [5, 400] };
const KILLS: Record<Scale, number> = { small: 1, full: 3 };
const TURNS_AFTERWARDS = 3;
/** The kill comes up to so many ms after the last turn that is waited for. */
const DELAY_MS_MAX = 3;

/** @throws whatever an application asserts, or an error that is not that of a lost connection */
export async function killAndRestart(application: Application, scale: Scale, seed: number): Promise<void> {
  await using folder = await Folder.make();
  const place = { server: "redeno", path: folder.at("s.sock"), port: undefined } as const;
  await using world = new TestWorld(place, scale, seed);
  let program = await folder.start(redeno, ARGS);
  try {
    const story = await application.story(world);
    const turns = range(story.clients).map(() => 0);
    for (let kill = 0; kill < KILLS[scale]; kill++) {
      const enough = world.random.between(...TURNS_BEFORE_KILL[scale]);
      const delayMs = world.random.between(0, DELAY_MS_MAX);
      const work = new Work(world, story, turns);
      await work.until(enough);
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      work.ends();
      await program.stop("SIGKILL");
      await work.over();
      program = await folder.start(redeno, ARGS);
      world.moveTo(place);
      await story.invariants(await world.client("after the restart"));
    }
    await goOn(world, story, turns);
    await story.invariants(await world.client("at the end"));
  } finally {
    await program[Symbol.asyncDispose]();
  }
}

/** Clients that take their turns until the server dies. */
class Work {
  readonly #workers: Promise<void>[];
  #isOver = false;
  #done = 0;
  #failure: unknown;
  #awaited: { count: number; resolve(): void } | undefined;

  constructor(world: TestWorld, story: Story, turns: number[]) {
    this.#workers = turns.map((_, client) => this.#work(world, story, client, turns));
  }

  /** Resolves when so many turns have been done, or when something failed. */
  async until(count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#awaited = { count, resolve };
      this.#look();
    });
  }

  /** From now on the server may be dead. */
  ends(): void {
    this.#isOver = true;
  }

  /** Resolves when every client has seen the end. */
  async over(): Promise<void> {
    await Promise.all(this.#workers);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #work(world: TestWorld, story: Story, client: number, turns: number[]): Promise<void> {
    try {
      const redis = await world.client(`worker ${client}`);
      while (this.#failure === undefined) {
        await story.turn(redis, client, turns[client]!++);
        this.#done++;
        this.#look();
      }
    } catch (error) {
      if (this.#isOver && isLostConnection(error)) return;
      this.#failure ??= error;
      this.#look();
    }
  }

  #look(): void {
    const awaited = this.#awaited;
    if (awaited !== undefined && (this.#done >= awaited.count || this.#failure !== undefined)) {
      awaited.resolve();
    }
  }
}

async function goOn(world: TestWorld, story: Story, turns: number[]): Promise<void> {
  await Promise.all(turns.map(async (_, client) => {
    const redis: Redis = await world.client(`worker ${client}`);
    for (let i = 0; i < TURNS_AFTERWARDS; i++) await story.turn(redis, client, turns[client]!++);
  }));
}

/** What a client library says when the other side is gone. */
function isLostConnection(error: unknown): boolean {
  return error instanceof Error &&
    /Connection is closed|ECONNRESET|EPIPE|ECONNREFUSED|ENOENT|Stream isn't writeable/.test(error.message);
}
