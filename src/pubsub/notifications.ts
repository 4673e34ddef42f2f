/**
 * Keyspace notifications: what happens to keys, as messages. `notify-keyspace-events` says which; while it says none
 * there is no listener, and events cost nothing.
 */
import type { EventClass, KeyspaceListeners } from "../store/keyspace.ts";
import { Slice, utf8 } from "../sys/bytes.ts";
import type { PubSub } from "./pubsub.ts";

/** Of the longest key whose channel's name is kept, for the next one to be written over it. */
const NAME_BYTES_KEPT_MAX = 4096;

/** The text of an event, and the channel of those who want to know of this event in one database. */
interface Event {
  readonly text: Slice;
  readonly channel: Slice;
}

/**
 * The listener that publishes what `notify-keyspace-events` asks for, or undefined when that is nothing.
 * @param classes the letters of the directive, `A` spelled out
 */
export function notifier(classes: string, pubsub: PubSub): KeyspaceListeners["event"] {
  const toKeys = classes.includes("K");
  const toEvents = classes.includes("E");
  const chosen = new Set([...classes].filter((letter) => letter !== "K" && letter !== "E")) as Set<
    EventClass
  >;
  if (chosen.size === 0 || (!toKeys && !toEvents)) return undefined;
  const events = new Map<string, Event>();
  let name = new Uint8Array(NAME_BYTES_KEPT_MAX);
  const keyChannel = new Slice();

  /** Publishes to `__keyspace@<database>__:<key>`. */
  function tellOfKey(database: number, event: Event, key: Slice): void {
    const prefix = `__keyspace@${database}__:`;
    const length = prefix.length + key.length;
    if (name.length < length) name = new Uint8Array(length);
    for (let i = 0; i < prefix.length; i++) name[i] = prefix.charCodeAt(i);
    name.set(key.view(), prefix.length);
    pubsub.publish(keyChannel.point(name, 0, length), event.text);
    if (name.length > NAME_BYTES_KEPT_MAX) name = new Uint8Array(NAME_BYTES_KEPT_MAX);
  }

  return (database, type, text, key) => {
    if (!chosen.has(type) || pubsub.isIdle) return;
    const channel = `__keyevent@${database}__:${text}`;
    let event = events.get(channel);
    if (event === undefined) {
      event = { text: new Slice(utf8(text)), channel: new Slice(utf8(channel)) };
      events.set(channel, event);
    }
    if (toKeys) tellOfKey(database, event, key);
    if (toEvents) pubsub.publish(event.channel, key);
  };
}
