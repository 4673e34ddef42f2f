/**
 * A market: listers put items of their own up for sale, buyers buy one of those that are there. Forms: under WATCH, with
 * one lock for the market, with a lock for each item, and scripts. No funds and no items come up or get lost.
 */
import type { AskingConnection } from "./asking_connection.ts";
import { type Lock, WatchedLock } from "./contention_lock.ts";
import {
  type BenchmarkClient,
  type ClientSetup,
  emptyTally,
  execute,
  LoadedScript,
  pause,
  type Scenario,
  type Tally,
} from "./contention_scenario.ts";
import { command } from "./pipelined_connection.ts";

const MARKET = "market:";
/** A buyer chooses among so many. */
const OFFERS = 20;
const BUYER_FUNDS = 1_000_000_000;
const LOCK_PAUSE_MS = 1;
const UNWATCH = command("UNWATCH");

const LIST = `
if redis.call('sismember', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('zadd', KEYS[2], ARGV[2], ARGV[3])
redis.call('srem', KEYS[1], ARGV[1])
return 1
`;
const PURCHASE = `
local price = redis.call('zscore', KEYS[1], ARGV[1])
local funds = redis.call('hget', KEYS[2], 'funds')
if not price or not funds or tonumber(price) > tonumber(funds) then return 0 end
redis.call('hincrby', KEYS[3], 'funds', price)
redis.call('hincrby', KEYS[2], 'funds', '-' .. price)
redis.call('sadd', KEYS[4], ARGV[2])
redis.call('zrem', KEYS[1], ARGV[1])
return 1
`;

const userKey = (user: string | number) => `users:${user}`;
const inventoryKey = (user: string | number) => `inventory:${user}`;

/** How a form lists and buys: whether it was done; undefined when it is to be tried again. */
interface Trade {
  list(seller: string, item: string, price: string): Promise<boolean | undefined>;
  purchase(buyer: string, offer: string): Promise<boolean | undefined>;
}

/** An offer is an item and its seller. */
function partsOf(offer: string): [item: string, seller: string] {
  const [item, seller] = offer.split(".");
  return [item!, seller!];
}

class WatchedTrade implements Trade {
  readonly #connection: AskingConnection;
  readonly #watches: boolean;

  constructor(connection: AskingConnection, watches: boolean) {
    this.#connection = connection;
    this.#watches = watches;
  }

  async list(seller: string, item: string, price: string): Promise<boolean | undefined> {
    const connection = this.#connection;
    const inventory = inventoryKey(seller);
    if (this.#watches) await connection.ask(command("WATCH", inventory));
    if (await connection.ask(command("SISMEMBER", inventory, item)) === 0) return await this.#giveUp();
    const replies = await execute(connection, [
      command("ZADD", MARKET, price, `${item}.${seller}`),
      command("SREM", inventory, item),
    ]);
    return replies === null ? undefined : true;
  }

  async purchase(buyer: string, offer: string): Promise<boolean | undefined> {
    const connection = this.#connection;
    const [item, seller] = partsOf(offer);
    const user = userKey(buyer);
    if (this.#watches) await connection.ask(command("WATCH", MARKET, user));
    const price = await connection.ask(command("ZSCORE", MARKET, offer));
    const funds = await connection.ask(command("HGET", user, "funds"));
    if (price === null || Number(price) > Number(funds)) return await this.#giveUp();
    const replies = await execute(connection, [
      command("HINCRBY", userKey(seller), "funds", String(price)),
      command("HINCRBY", user, "funds", `-${price}`),
      command("SADD", inventoryKey(buyer), item),
      command("ZREM", MARKET, offer),
    ]);
    return replies === null ? undefined : true;
  }

  async #giveUp(): Promise<false> {
    if (this.#watches) await this.#connection.ask(UNWATCH);
    return false;
  }
}

class LockedTrade implements Trade {
  readonly #inner: WatchedTrade;
  readonly #lock: Lock;
  /** The lock under which an offer is changed. */
  readonly #nameOf: (offer: string) => string;

  constructor(connection: AskingConnection, holder: string, nameOf: (offer: string) => string) {
    this.#inner = new WatchedTrade(connection, false);
    this.#lock = new WatchedLock(connection, holder);
    this.#nameOf = nameOf;
  }

  list(seller: string, item: string, price: string): Promise<boolean | undefined> {
    return this.#locked(`${item}.${seller}`, () => this.#inner.list(seller, item, price));
  }

  purchase(buyer: string, offer: string): Promise<boolean | undefined> {
    return this.#locked(offer, () => this.#inner.purchase(buyer, offer));
  }

  async #locked<T>(offer: string, action: () => Promise<T>): Promise<T> {
    const name = this.#nameOf(offer);
    while (!await this.#lock.acquire(name)) await pause(LOCK_PAUSE_MS);
    const result = await action();
    await this.#lock.release(name);
    return result;
  }
}

class ScriptedTrade implements Trade {
  readonly #list: LoadedScript;
  readonly #purchase: LoadedScript;

  constructor(list: LoadedScript, purchase: LoadedScript) {
    this.#list = list;
    this.#purchase = purchase;
  }

  async list(seller: string, item: string, price: string): Promise<boolean> {
    return await this.#list.call([inventoryKey(seller), MARKET], [item, price, `${item}.${seller}`]) === 1;
  }

  async purchase(buyer: string, offer: string): Promise<boolean> {
    const [item, seller] = partsOf(offer);
    const keys = [MARKET, userKey(buyer), userKey(seller), inventoryKey(buyer)];
    return await this.#purchase.call(keys, [offer, item]) === 1;
  }
}

async function tradeOf({ connection, form, index }: ClientSetup): Promise<Trade> {
  switch (form) {
    case "WATCH":
      return new WatchedTrade(connection, true);
    case "lock":
      return new LockedTrade(connection, String(index), () => "lock:market");
    case "lock an item":
      return new LockedTrade(connection, String(index), (offer) => `lock:${offer}`);
    default: {
      const list = await LoadedScript.load(connection, LIST);
      return new ScriptedTrade(list, await LoadedScript.load(connection, PURCHASE));
    }
  }
}

class Lister implements BenchmarkClient {
  readonly tally = emptyTally();
  readonly #connection: AskingConnection;
  readonly #trade: Trade;
  readonly #name: string;
  #items = 0;

  constructor(connection: AskingConnection, trade: Trade, name: string) {
    this.#connection = connection;
    this.#trade = trade;
    this.#name = name;
  }

  async step(): Promise<void> {
    const item = `item-${this.#name}-${this.#items++}`;
    await this.#connection.ask(command("SADD", inventoryKey(this.#name), item));
    const price = String(1 + this.#items % 10);
    let isListed: boolean | undefined;
    do {
      this.tally.tries++;
      isListed = await this.#trade.list(this.#name, item, price);
    } while (isListed === undefined);
    if (!isListed) throw new Error(`${item} cannot be listed by its owner`);
    this.tally.listed++;
    this.tally.done++;
  }
}

class Buyer implements BenchmarkClient {
  readonly tally = emptyTally();
  readonly #connection: AskingConnection;
  readonly #trade: Trade;
  readonly #name: string;
  /** When this buyer began to want what it buys next. */
  #since: number | undefined;

  constructor(connection: AskingConnection, trade: Trade, name: string) {
    this.#connection = connection;
    this.#trade = trade;
    this.#name = name;
  }

  async step(): Promise<void> {
    const offers = await this.#connection.ask(command("ZRANGE", MARKET, "0", String(OFFERS - 1))) as string[];
    const offer = offers[Math.floor(Math.random() * offers.length)];
    if (offer === undefined) return await pause(LOCK_PAUSE_MS);
    this.#since ??= performance.now();
    this.tally.tries++;
    if (!await this.#trade.purchase(this.#name, offer)) return;
    this.tally.done++;
    this.tally.waits++;
    this.tally.waitMs += performance.now() - this.#since;
    this.#since = undefined;
  }
}

/** The names of the clients: their role and number. */
const usersOf = (roles: readonly string[]) => roles.map((role, index) => `${role}${index}`);

export const marketScenario: Scenario = {
  forms: ["WATCH", "lock", "lock an item", "Lua"],
  async prepare(connection, roles) {
    for (const user of usersOf(roles)) {
      const funds = user.startsWith("buyer") ? BUYER_FUNDS : 0;
      await connection.ask(command("HSET", userKey(user), "funds", String(funds)));
    }
  },
  async client(setup: ClientSetup): Promise<BenchmarkClient> {
    const { connection, role, index } = setup;
    const trade = await tradeOf(setup);
    const name = `${role}${index}`;
    return role === "buyer" ? new Buyer(connection, trade, name) : new Lister(connection, trade, name);
  },
  async check(connection, tally: Tally, roles) {
    const onSale = Number(await connection.ask(command("ZCARD", MARKET)));
    let [bought, unlisted, funds] = [0, 0, 0];
    for (const user of usersOf(roles)) {
      const items = Number(await connection.ask(command("SCARD", inventoryKey(user))));
      if (user.startsWith("buyer")) bought += items;
      else unlisted += items;
      funds += Number(await connection.ask(command("HGET", userKey(user), "funds")));
    }
    const buyers = roles.filter((role) => role === "buyer").length;
    if (funds !== buyers * BUYER_FUNDS) throw new Error(`the market's funds are ${funds}`);
    if (unlisted !== 0) throw new Error(`${unlisted} items were listed and not handed over`);
    if (bought !== tally.waits) {
      throw new Error(`${bought} items were bought, ${tally.waits} purchases counted`);
    }
    if (bought + onSale !== tally.listed) {
      throw new Error(`${tally.listed} items were listed; ${bought} are bought and ${onSale} for sale`);
    }
  },
};
