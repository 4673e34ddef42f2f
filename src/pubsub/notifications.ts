/**
 * Keyspace notifications: what happens to keys, as messages. `notify-keyspace-events` says which; while it says none
 * there is no listener, and events cost nothing.
 */
import type { EventClass, KeyspaceListeners } from "../store/keyspace.ts";
import { copyBytes, Slice, utf8 } from "../sys/bytes.ts";
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
  const databases: Map<string, Event>[] = [];
  const keyChannel = new Slice();
  /** Begins with the name of the channels of one database's keys, up to the key. */
  let name = new Uint8Array(NAME_BYTES_KEPT_MAX);
  let nameDatabase = -1;
  let prefixLength = 0;

  /** Publishes to `__keyspace@<database>__:<key>`. */
  function tellOfKey(database: number, event: Event, key: Slice): void {
    if (database !== nameDatabase) writePrefix(database);
    const length = prefixLength + key.length;
    if (name.length < length) {
      name = new Uint8Array(length);
      writePrefix(database);
    }
    copyBytes(key.bytes, key.start, key.end, name, prefixLength);
    pubsub.publish(keyChannel.point(name, 0, length), event.text);
    if (name.length <= NAME_BYTES_KEPT_MAX) return;
    name = new Uint8Array(NAME_BYTES_KEPT_MAX);
    nameDatabase = -1;
  }

  function writePrefix(database: number): void {
    const prefix = utf8(`__keyspace@${database}__:`);
    name.set(prefix);
    prefixLength = prefix.length;
    nameDatabase = database;
  }

  return (database, type, text, key) => {
    if (!chosen.has(type) || pubsub.isIdle) return;
    const events = databases[database] ??= new Map();
    let event = events.get(text);
    if (event === undefined) {
      const channel = `__keyevent@${database}__:${text}`;
      event = { text: new Slice(utf8(text)), channel: new Slice(utf8(channel)) };
      events.set(text, event);
    }
    if (toKeys) tellOfKey(database, event, key);
    if (toEvents) pubsub.publish(event.channel, key);
  };
}
