/**
 * Pub/Sub: who is subscribed to what, and messages on their way to them.
 *
 * A message is written once, and its bytes are copied into the reply of each receiver. Where there are many receivers
 * they do not even get a buffer: those who have nothing else to say share the one of the message, and then of all that
 * follow in the same turn. Nothing is allocated or copied per subscriber.
 *
 * Each distinct pattern is matched once a message, however many clients are subscribed to it.
 */
import type { Client, PubSubCommands, SubscriptionKind } from "../context.ts";
import { Reply } from "../resp/reply.ts";
import type { HashKey } from "../store/memory/dict.ts";
import { globMatch } from "../store/glob.ts";
import { latin1, type Slice } from "../sys/bytes.ts";
import { type Channel, ChannelTable, SharedMessages, Subscriber } from "./channels.ts";

/** From so many subscribers on they share the bytes of a message. */
const SHARING_SUBSCRIBERS_MIN = 8;
/** Of how many turns messages may wait that are shared: of clients that are slow. */
const SHARED_MAX = 8;
/** A larger message's memory is not kept for the next one. */
const MESSAGE_BYTES_KEPT_MAX = 64 << 10;
/** What begins a message: an array of RESP2, a push of RESP3. They differ in nothing else. */
const ARRAY = 0x2a;
const PUSH = 0x3e;

interface Pattern {
  readonly channel: Channel;
  readonly bytes: Uint8Array;
}

export class PubSub implements PubSubCommands {
  readonly #tables: Readonly<Record<SubscriptionKind, ChannelTable>>;
  /** The patterns as bytes, in the order in which they came. */
  readonly #patterns: Map<Channel, Pattern> = new Map();
  readonly #delivered: (client: Client) => void;
  /** The message that is on its way. */
  readonly #message: Reply = new Reply();

  /** @param delivered is called when a message was written to a client's reply: it has to be sent */
  constructor(key: HashKey, delivered: (client: Client) => void) {
    this.#tables = {
      channels: new ChannelTable(key),
      patterns: new ChannelTable(key),
      shardChannels: new ChannelTable(key),
    };
    this.#delivered = delivered;
  }

  /** Whether nobody could receive anything but messages to shards. */
  get isIdle(): boolean {
    return this.#tables.channels.size + this.#tables.patterns.size === 0;
  }

  size(kind: SubscriptionKind): number {
    return this.#tables[kind].size;
  }

  subscribers(kind: SubscriptionKind, name: Slice): number {
    return this.#tables[kind].find(name)?.size ?? 0;
  }

  *names(kind: SubscriptionKind): Iterable<string> {
    for (const channel of this.#tables[kind].all()) yield channel.name;
  }

  subscribe(client: Client, kind: SubscriptionKind, name: Slice): void {
    const channel = this.#tables[kind].findOrAdd(name);
    const subscriber = (client.subscriptions as Subscriber | undefined) ?? new Subscriber(client);
    if (!subscriber.add(kind, channel)) return;
    channel.add(subscriber);
    if (kind === "patterns" && channel.size === 1) {
      this.#patterns.set(channel, { channel, bytes: latin1(channel.name) });
    }
    client.subscriptions = subscriber;
  }

  unsubscribe(client: Client, kind: SubscriptionKind, name: Slice): void {
    const subscriber = client.subscriptions as Subscriber | undefined;
    const channel = this.#tables[kind].find(name);
    if (subscriber !== undefined && channel !== undefined) this.#part(subscriber, kind, channel);
  }

  unsubscribeAll(client: Client, kind: SubscriptionKind, tell?: (name: string) => void): void {
    const subscriber = client.subscriptions as Subscriber | undefined;
    const channels = subscriber?.of(kind);
    if (subscriber === undefined || channels === undefined) return;
    for (const channel of channels) {
      this.#part(subscriber, kind, channel);
      tell?.(channel.name);
    }
  }

  forget(client: Client): void {
    if (client.subscriptions === undefined) return;
    this.unsubscribeAll(client, "channels");
    this.unsubscribeAll(client, "patterns");
    this.unsubscribeAll(client, "shardChannels");
  }

  #part(subscriber: Subscriber, kind: SubscriptionKind, channel: Channel): void {
    if (!subscriber.remove(kind, channel)) return;
    channel.remove(subscriber);
    if (channel.size === 0) {
      this.#tables[kind].remove(channel);
      if (kind === "patterns") this.#patterns.delete(channel);
    }
    if (subscriber.isEmpty) subscriber.client.subscriptions = undefined;
  }

  publish(name: Slice, message: Slice): number {
    let receivers = 0;
    const channel = this.#tables.channels.find(name);
    if (channel !== undefined) receivers += this.#send("message", undefined, name, message, channel);
    for (const pattern of this.#patterns.values()) {
      const { bytes } = pattern;
      if (!globMatch(bytes, 0, bytes.length, name.bytes, name.start, name.end)) continue;
      receivers += this.#send("pmessage", pattern, name, message, pattern.channel);
    }
    return receivers;
  }

  publishToShard(name: Slice, message: Slice): number {
    const channel = this.#tables.shardChannels.find(name);
    return channel === undefined ? 0 : this.#send("smessage", undefined, name, message, channel);
  }

  /** Gives a message to all subscribers of one channel, or of one pattern; how many there are. */
  #send(
    kind: string,
    pattern: Pattern | undefined,
    name: Slice,
    text: Slice,
    channel: Channel,
  ): number {
    const message = this.#message;
    message.array(pattern === undefined ? 3 : 4);
    message.bulkText(kind);
    if (pattern !== undefined) message.bulkBytes(pattern.bytes);
    message.bulk(name);
    message.bulk(text);
    const { subscribers } = channel;
    let receivers = 1;
    if (subscribers instanceof Subscriber) {
      this.#give(subscribers.client);
    } else {
      receivers = subscribers!.size;
      if (receivers >= SHARING_SUBSCRIBERS_MIN) this.#giveToMany(subscribers!, channel);
      else for (const { client } of subscribers!) this.#give(client);
    }
    message.truncate(0);
    if (message.buffer.length > MESSAGE_BYTES_KEPT_MAX) message.release();
    return receivers;
  }

  /**
   * Gives the message to many clients. Those with nothing to send yet are given one copy of it, and those that still have
   * what they and others were given last are given that with the message behind it.
   */
  #giveToMany(subscribers: Iterable<Subscriber>, channel: Channel): void {
    const { buffer, length } = this.#message;
    const { shared } = channel;
    for (const messages of shared) messages.before = messages.all;
    let fresh2: SharedMessages | undefined;
    let fresh3: SharedMessages | undefined;
    for (const subscriber of subscribers) {
      const { client, client: { reply } } = subscriber;
      if (client.closeAfterReply) continue;
      let messages: SharedMessages | undefined;
      if (reply.buffer.length === 0) {
        messages = reply.resp3
          ? fresh3 ??= new SharedMessages(buffer.slice(0, length), PUSH)
          : fresh2 ??= new SharedMessages(buffer.slice(0, length), ARRAY);
      } else if (reply.isShared && (messages = sharedBy(reply, shared)) !== undefined) {
        if (messages.all === messages.before) messages.add(buffer, length);
      } else {
        this.#give(client);
        continue;
      }
      reply.share(messages.all);
      reply.pushed();
      this.#delivered(client);
    }
    if (shared.length > 0 || fresh2 !== undefined || fresh3 !== undefined) {
      channel.shared = stillShared(shared, fresh2, fresh3);
    }
  }

  /** Gives the message to one client, even if it wants no replies: this is none. */
  #give(client: Client): void {
    const { reply } = client;
    if (client.closeAfterReply) return;
    // What it does not want to be answered must not come before what it is sent all the same.
    if (client.replyMode === "off" || client.replyMode === "skip") reply.truncate(reply.settled);
    const { buffer, length } = this.#message;
    buffer[0] = reply.resp3 ? PUSH : ARRAY;
    reply.raw(buffer, 0, length);
    reply.pushed();
    this.#delivered(client);
  }
}

/** Which of some messages are all that a client has to be sent. */
function sharedBy(
  { buffer, length, resp3 }: Reply,
  shared: readonly SharedMessages[],
): SharedMessages | undefined {
  for (const messages of shared) {
    if (messages.before !== buffer || length !== buffer.length) continue;
    return (messages.first === PUSH) === resp3 ? messages : undefined;
  }
  return undefined;
}

/** Those that somebody was given just now, unless they are so many that each had better have its own. */
function stillShared(
  shared: readonly SharedMessages[],
  ...fresh: (SharedMessages | undefined)[]
): SharedMessages[] {
  const still: SharedMessages[] = [];
  for (const messages of shared) {
    const isUsed = messages.all !== messages.before;
    if (isUsed && messages.all.length <= MESSAGE_BYTES_KEPT_MAX) still.push(messages);
  }
  for (const messages of fresh) {
    if (messages !== undefined && messages.all.length <= MESSAGE_BYTES_KEPT_MAX) still.push(messages);
  }
  return still.slice(-SHARED_MAX);
}
