/**
 * B12: an HTTP server that streams messages as they are written, line by line, to whoever asks: a sample of them, or those
 * with a word, by a person, from a place. Each streaming client has a subscriber of its own.
 */
import { assert, assertEquals } from "@std/assert";
import type { Redis } from "ioredis";
import { type Application, execute, range, type World } from "./application.ts";
import { checkPosts, createUser } from "./b08_users_and_statuses.ts";

const CHANNEL = "streaming:status:";

interface Message {
  readonly id: number;
  readonly uid: number;
  readonly login: string;
  readonly message: string;
  readonly posted: number;
  /** Longitude and latitude, as "12.5,41.9". */
  readonly location?: string;
  readonly deleted?: boolean;
}

/** Keeps the message and tells it, in one transaction. */
async function post(
  world: World,
  redis: Redis,
  uid: number,
  message: string,
  location?: string,
): Promise<Message> {
  const [login, id] = (await execute(redis.multi().hget(`user:${uid}`, "login").incr("status:id:")))!;
  const place = location === undefined ? {} : { location };
  const status = { id: Number(id), uid, login: String(login), message, posted: world.now(), ...place };
  await execute(
    redis.multi()
      .hset(`status:${id}`, status)
      .hincrby(`user:${uid}`, "posts", 1)
      .publish(CHANNEL, JSON.stringify(status)),
  );
  return status;
}

/** Who has received a message must hear that it is gone: its words are told once more. */
async function remove(redis: Redis, status: Message): Promise<void> {
  await execute(
    redis.multi()
      .del(`status:${status.id}`)
      .hincrby(`user:${status.uid}`, "posts", -1)
      .publish(CHANNEL, JSON.stringify({ ...status, deleted: true })),
  );
}

type Filter = (status: Message) => boolean;

/** The same clients see the same messages: what is deleted was chosen by its number, too. @param percent 1 to 100 */
function sample(identifier: string, percent: number): Filter {
  const seed = [...identifier].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7);
  return ({ id }) => Math.imul(id + seed, 2654435761) % 100 < percent;
}

const FILTERS: Readonly<Record<string, (argument: string) => Filter>> = {
  // Words of one group all occur.
  track: (argument) => {
    const groups = argument.toLowerCase().split(",").map((group) => group.trim().split(/\s+/));
    return ({ message }) => {
      const words = new Set(message.toLowerCase().split(/\s+/));
      return groups.some((group) => group.every((word) => words.has(word)));
    };
  },
  follow: (argument) => {
    const names = new Set(argument.toLowerCase().split(",").map((name) => name.trim().replace(/^@/, "")));
    return ({ login, message }) =>
      names.has(login.toLowerCase()) ||
      message.toLowerCase().split(/\s+/).some((word) => word.startsWith("@") && names.has(word.slice(1)));
  },
  location: (argument) => {
    const numbers = argument.split(",").map(Number);
    const boxes = range(numbers.length / 4).map((i) => numbers.slice(4 * i, 4 * i + 4));
    return ({ location }) => {
      if (location === undefined) return false;
      const [x, y] = location.split(",").map(Number) as [number, number];
      return boxes.some(([x0, y0, x1, y1]) => x >= x0! && x <= x1! && y >= y0! && y <= y1!);
    };
  },
};

function problem(status: number, text: string): Response {
  return new Response(`${text}\n`, { status });
}

/** The answer to a request, or the filter of its stream. */
async function filterOf(request: Request): Promise<Filter | Response> {
  const url = new URL(request.url);
  const identifier = url.searchParams.get("identifier");
  if (identifier === null || identifier === "") return problem(401, "identifier missing");
  if (request.method === "GET" && url.pathname === "/statuses/sample.json") {
    return sample(identifier, Number(url.searchParams.get("percent") ?? 10));
  }
  if (request.method === "POST" && url.pathname === "/statuses/filter.json") {
    for (const [name, argument] of new URLSearchParams(await request.text())) {
      if (name in FILTERS) return FILTERS[name]!(argument);
    }
    return problem(400, "no filter");
  }
  return problem(404, "no such page");
}

/** A stream of lines that ends when its client goes away. */
async function streamed(world: World, filter: Filter): Promise<ReadableStream<Uint8Array>> {
  const subscriber = await world.client("streaming");
  const encoder = new TextEncoder();
  await subscriber.subscribe(CHANNEL);
  return new ReadableStream({
    start(controller) {
      // An empty line, so that the answer begins before there is a message.
      controller.enqueue(encoder.encode("\n"));
      subscriber.on("message", (_channel, text) => {
        const status: Message = JSON.parse(text);
        if (!filter(status)) return;
        const told = status.deleted ? { id: status.id, deleted: true } : status;
        controller.enqueue(encoder.encode(JSON.stringify(told) + "\n"));
      });
    },
    cancel() {
      subscriber.removeAllListeners("message");
      subscriber.disconnect();
    },
  });
}

function serve(world: World): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const filter = await filterOf(request);
    return filter instanceof Response ? filter : new Response(await streamed(world, filter));
  });
}

/** A client of HTTP that collects the numbers of messages, those of deleted ones with a minus, until its socket is closed. */
class StreamReader {
  readonly ids: number[] = [];
  readonly #connection: Deno.TcpConn;
  #text = "";

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async open(url: string, form?: Record<string, string>): Promise<StreamReader> {
    const { hostname, port, pathname, search } = new URL(url);
    const reader = new StreamReader(await Deno.connect({ hostname, port: Number(port) }));
    const body = String(new URLSearchParams(form));
    const head = [
      `${form === undefined ? "GET" : "POST"} ${pathname}${search} HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      ...(form === undefined ? [] : [`Content-Length: ${body.length}`]),
    ];
    await reader.#connection.write(new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n${body}`));
    while (!reader.#text.includes("\r\n\r\n")) await reader.#read();
    const end = reader.#text.indexOf("\r\n\r\n");
    const answer = reader.#text.slice(0, end).toLowerCase();
    assert(answer.startsWith("http/1.1 200 "), answer);
    assert(answer.includes("\r\ntransfer-encoding: chunked"), answer);
    reader.#text = reader.#text.slice(end + 4);
    reader.#readAll().catch(() => {}); // It ends when the socket is closed.
    return reader;
  }

  async #read(): Promise<void> {
    const chunk = new Uint8Array(16 * 1024);
    const size = await this.#connection.read(chunk);
    if (size === null) throw new Error("the stream has ended");
    this.#text += new TextDecoder().decode(chunk.subarray(0, size));
  }

  /** Chunks have their lengths before them, in hexadecimal digits. */
  async #readAll(): Promise<void> {
    for (;;) {
      const at = this.#text.indexOf("\r\n");
      const end = at + 4 + parseInt(this.#text.slice(0, at), 16);
      if (at === -1 || this.#text.length < end) {
        await this.#read();
        continue;
      }
      this.#take(this.#text.slice(at + 2, end - 2));
      this.#text = this.#text.slice(end);
    }
  }

  /** A chunk has whole lines, as they were written. */
  #take(chunk: string): void {
    for (const line of chunk.split("\n").filter((one) => one !== "")) {
      const { id, deleted } = JSON.parse(line) as Message;
      this.ids.push(deleted === true ? -id : id);
    }
  }

  /** @throws never, also when it is closed already */
  close(): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }
}

async function subscribers(redis: Redis): Promise<number> {
  return Number((await redis.pubsub("NUMSUB", CHANNEL) as [string, number])[1]);
}

async function status(url: string, method = "GET"): Promise<number> {
  const response = await fetch(url, { method });
  await response.body?.cancel();
  return response.status;
}

async function checkStreams(
  world: World,
  redis: Redis,
  users: readonly number[],
  port: number,
  readers: StreamReader[],
): Promise<void> {
  const url = (path: string, name = "me") => `http://127.0.0.1:${port}${path}?identifier=${name}`;
  assertEquals(await status(url("/statuses/sample.json", "")), 401);
  assertEquals(await status(url("/statuses/nosuch.json")), 404);
  assertEquals(await status(url("/statuses/filter.json")), 404, "GET where it must be POST");
  assertEquals(await status(url("/statuses/filter.json"), "POST"), 400);
  const filter = url("/statuses/filter.json");
  const all = await StreamReader.open(`${url("/statuses/sample.json")}&percent=100`);
  const some = await StreamReader.open(`${url("/statuses/sample.json")}&percent=30`);
  const tracking = await StreamReader.open(filter, { track: "hello world,redis" });
  const onBert = await StreamReader.open(filter, { follow: "@bert" });
  const inRome = await StreamReader.open(filter, { location: "12,41,13,42,0,0,1,1" });
  readers.push(all, some, tracking, onBert, inRome);
  await world.until("all to listen", async () => await subscribers(redis) === readers.length);

  const posted: Message[] = [];
  const said = ["world of hello", "hello there", "I use Redis", "hi @Bert", "nothing"];
  for (const i of range(world.sized(50, 1000))) {
    const place = i % 10 === 4 ? "12.5,41.9" : i % 10 === 9 ? "2.35,48.86" : undefined;
    posted.push(await post(world, redis, users[i % 7 === 0 ? 1 : 0]!, said[i % 5]!, place));
  }
  const deleted = posted.filter((_, i) => i % 5 === 2);
  for (const one of deleted) await remove(redis, one);
  const expected = (wanted: (i: number) => boolean) => [
    ...posted.filter((_, i) => wanted(i)).map(({ id }) => id),
    ...deleted.filter((one) => wanted(posted.indexOf(one))).map(({ id }) => -id),
  ];
  const length = posted.length + deleted.length;
  await world.until("all to be heard", () => all.ids.length === length);
  assertEquals(all.ids, expected(() => true));
  const wants: [StreamReader, (i: number) => boolean][] = [
    [tracking, (i) => i % 5 === 0 || i % 5 === 2],
    [onBert, (i) => i % 7 === 0 || i % 5 === 3],
    [inRome, (i) => i % 10 === 4],
  ];
  for (const [reader, wanted] of wants) {
    await world.until("a filter's messages", () => reader.ids.length >= expected(wanted).length);
    assertEquals(reader.ids, expected(wanted));
  }
  assert(
    some.ids.length > 0 && some.ids.length < length,
    `${some.ids.length} of ${length} are in the sample`,
  );
  const seen = new Set(some.ids.filter((id) => id > 0));
  assert(
    some.ids.every((id) => seen.has(Math.abs(id))),
    "of what was not seen nobody hears that it is gone",
  );
  assertEquals(some.ids.filter((id) => id < 0).length, deleted.filter(({ id }) => seen.has(id)).length);

  const heard = all.ids.length;
  tracking.close();
  // That a client is gone shows when there is something to tell it.
  await world.until("the gone one to be noticed", async () => {
    await post(world, redis, users[0]!, "redis, after that");
    return await subscribers(redis) === readers.length - 1;
  });
  await world.until("the others to hear it", () => all.ids.length > heard);
}

/** Who listens and does not read is cut off before the server's memory is full. */
async function checkSlowReader(world: World, redis: Redis): Promise<void> {
  const usual = (await redis.config("GET", "client-output-buffer-limit") as [string, string])[1];
  assert(usual.endsWith("pubsub 33554432 8388608 60"), usual);
  await redis.config("SET", "client-output-buffer-limit", "pubsub 1mb 0 0");
  using slow = await Deno.connect({ transport: "unix", path: world.path });
  await slow.write(new TextEncoder().encode(`SUBSCRIBE ${CHANNEL}\r\n`));
  await world.until("it to listen", async () => await subscribers(redis) === 1);
  const large = "x".repeat(64 * 1024);
  let told = 0;
  await world.until(
    "it to be cut off",
    async () => await redis.publish(CHANNEL, large) === 0 || (told++, false),
  );
  // What fits into the socket's own buffers does not count.
  assert(told >= 16 && told < 200, `it was cut off after ${told} messages of 64 KB`);
  await redis.config("SET", "client-output-buffer-limit", usual);
}

export const streaming: Application = {
  id: "B12",
  title: "Streaming messages over HTTP",
  chapter: 8,
  source: "8.9-8.20",
  errata: [
    "listing 8.15 takes confirmations for messages, 8.19 overwrites its argument, 8.20 reads `self` outside of a class.",
  ],

  nondeterministic: "messages are written until a stream's end is noticed",

  async run(world) {
    const redis = await world.client("web");
    const users = [
      (await createUser(world, redis, "Anna", ""))!,
      (await createUser(world, redis, "Bert", ""))!,
    ];
    const server = serve(world);
    server.unref();
    const readers: StreamReader[] = [];
    try {
      await checkStreams(world, redis, users, server.addr.port, readers);
    } finally {
      for (const reader of readers) reader.close();
    }
    await world.until("nobody to listen", async () => {
      await post(world, redis, users[0]!, "redis 12.5,41.9 @Bert", "12.5,41.9");
      return await subscribers(redis) === 0;
    });
    await server.shutdown();
    await checkPosts(redis);
    await checkSlowReader(world, redis);
  },

  async story(world) {
    const user = (await createUser(world, await world.client(), "Anna", ""))!;
    let heard = await ear(world);
    const told = new Map<number, boolean>();
    return {
      clients: 3,
      async turn(redis, client, turn) {
        const message = await post(world, redis, user, `${client}: ${turn}`);
        told.set(message.id, true);
        if (turn % 3 !== 2) return;
        told.delete(message.id);
        await remove(redis, message);
        told.set(message.id, false);
      },
      async invariants(redis) {
        for (const [id, isThere] of told) {
          assertEquals(await redis.exists(`status:${id}`), isThere ? 1 : 0, `message ${id}`);
        }
        // With `appendfsync always` nobody hears of what is not kept.
        for (const text of heard) {
          const { id, deleted } = JSON.parse(text) as Message;
          if (deleted === true) assertEquals(await redis.exists(`status:${id}`), 0, text);
        }
        await checkPosts(redis);
        heard = await ear(world);
      },
    };
  },
};

async function ear(world: World): Promise<string[]> {
  const heard: string[] = [];
  const listener = await world.client("listener");
  // Channels belong to no database: other applications of the server are heard, too.
  listener.on("message", (_channel, text) => heard.push(text));
  await listener.subscribe(CHANNEL);
  return heard;
}
