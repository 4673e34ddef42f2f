/**
 * SUBSCRIBE, PUBLISH and their kin. A message is no reply, so a later PING of the one who got it is told to wait for as
 * many replies as there are messages before its own.
 */
import type { Plain } from "../support/resp_value.ts";
import { type Both, compat } from "./compat.ts";

/** Everything that has come to this client until now, in its order: so many messages, and a PONG. */
function receives(both: Both, messages: number): void {
  both.same("PING end", { replies: messages + 1 });
}

/** Some fields of the lines of CLIENT LIST. */
function fieldsOf(...names: string[]): (value: Plain) => unknown {
  return (value) =>
    String(value).trimEnd().split("\n").map((line) =>
      line.split(" ").map((field) => field.split("=")).filter(([name]) => names.includes(name!))
    );
}

/** The lines of INFO that begin so. */
function infoOf(...names: string[]): (value: Plain) => unknown {
  return (value) => String(value).split("\r\n").filter((line) => names.includes(line.split(":")[0]!));
}

const WORLDS = [["SUBSCRIBE", "UNSUBSCRIBE"], ["PSUBSCRIBE", "PUNSUBSCRIBE"], ["SSUBSCRIBE", "SUNSUBSCRIBE"]];

for (const protocol of [2, 3] as const) {
  const over = `over RESP${protocol}`;
  const begin = (both: Both) => protocol === 3 ? both.resp3() : undefined;

  for (const [subscribe, unsubscribe] of WORLDS) {
    compat(`${subscribe} and ${unsubscribe} ${over}`, (both) => {
      begin(both);
      both.same(`${unsubscribe}`);
      both.same(`${unsubscribe} none`);
      both.same(`${unsubscribe} none none2`, { replies: 2 });
      both.same(`${subscribe}`);
      both.same(`${subscribe} a`);
      both.same(`${subscribe} a b b c`, { replies: 4 });
      both.same(`${subscribe} ''`);
      both.same(`${subscribe} "with space" "\\x00\\xff\\r\\n"`, { replies: 2 });
      both.same(`${unsubscribe} b none b`, { replies: 3 });
      both.same(`${unsubscribe} a`);
      both.same(`${unsubscribe} c "" "with space"`, { replies: 3 });
      both.same(`${unsubscribe}`);
      both.same(`${unsubscribe}`);
      both.same("GET k");
    });
  }

  compat(`the numbers of subscriptions ${over}`, (both) => {
    begin(both);
    both.same("SUBSCRIBE a b", { replies: 2 });
    both.same("PSUBSCRIBE a* b*", { replies: 2 });
    both.same("SSUBSCRIBE a b", { replies: 2 });
    both.same("UNSUBSCRIBE a");
    both.same("SUNSUBSCRIBE a");
    both.same("PUNSUBSCRIBE a*");
    both.same("UNSUBSCRIBE");
    both.same("PUNSUBSCRIBE");
    both.same("UNSUBSCRIBE");
    both.same("PING");
    both.same("SUNSUBSCRIBE");
    both.same("PING");
  });

  compat(`messages ${over}`, (both) => {
    const [listener, other] = [both.client("listener"), both.client("other")];
    begin(listener);
    listener.same("SUBSCRIBE a b", { replies: 2 });
    other.same("SUBSCRIBE a");
    both.same("PUBLISH a one");
    both.same("PUBLISH b ''");
    both.same("PUBLISH c none");
    both.same("PUBLISH A none");
    both.same(`PUBLISH a "\\x00\\r\\n\\xff"`);
    both.same(`PUBLISH a ${"x".repeat(100_000)}`);
    receives(listener, 4);
    receives(other, 3);
    listener.same("PSUBSCRIBE ? a* *", { replies: 3 });
    listener.same("PUNSUBSCRIBE a* *", { replies: 2 });
    both.same("PUBLISH a two");
    receives(listener, 2);
    receives(other, 1);
    both.same("PUBLISH x three");
    both.same("PUBLISH xx three");
    receives(listener, 1);
    listener.same("SSUBSCRIBE a shard", { replies: 2 });
    both.same("SPUBLISH a four");
    both.same("SPUBLISH x four");
    both.same("SPUBLISH shard five");
    receives(listener, 2);
    receives(other, 0);
    listener.same("RESET");
    both.same("PUBLISH a six");
    both.same("SPUBLISH a six");
    receives(other, 1);
    other.same("QUIT");
    both.same("PING");
    both.same("PUBSUB NUMSUB a");
  });

  compat(`PING and HELLO while subscribed ${over}`, (both) => {
    begin(both);
    both.same("SUBSCRIBE a");
    both.same("PING");
    both.same("PING hello");
    both.same("PING ''");
    both.same("PING a b");
    both.sameShape("HELLO");
    both.same("ECHO x");
    both.same("UNSUBSCRIBE");
    both.same("PING");
    both.same("SSUBSCRIBE a");
    both.same("PING");
    both.same("SUNSUBSCRIBE");
    both.same("PING");
  });

  compat(`what is refused while subscribed ${over}`, (both) => {
    begin(both);
    both.same("PSUBSCRIBE none");
    for (
      const line of [
        "GET k",
        "SET k v",
        "get k",
        "GET",
        "NONE x",
        "PUBLISH a b",
        "SPUBLISH a b",
        "MULTI",
        "EXEC",
        "CLIENT ID x",
        "CONFIG GET port x y",
        "CONFIG NONE",
        "CLIENT",
        "PUBSUB NUMPAT",
        "RESET x",
        "QUIT",
      ]
    ) both.same(line);
  });

  compat(`the connection closes while subscribed ${over}`, (both) => {
    const [listener, other] = [both.client("listener"), both.client("other")];
    begin(listener);
    listener.same("SUBSCRIBE a b", { replies: 2 });
    listener.same("PSUBSCRIBE a* b*", { replies: 2 });
    listener.same("SSUBSCRIBE a b", { replies: 2 });
    other.same("SUBSCRIBE a");
    other.same("PSUBSCRIBE a*");
    both.same("PUBSUB NUMSUB a b");
    both.same("PUBSUB NUMPAT");
    both.same("CLIENT KILL TYPE pubsub");
    both.same("PUBSUB NUMSUB a b");
    both.same("PUBSUB SHARDNUMSUB a b");
    both.same("PUBSUB NUMPAT");
    both.same("PUBSUB CHANNELS");
    both.same("PUBSUB SHARDCHANNELS");
    both.same("PUBLISH a x");
  });

  compat(`messages and transactions ${over}`, (both) => {
    const listener = both.client("listener");
    begin(listener);
    listener.same("SUBSCRIBE a");
    both.same("MULTI");
    both.same("PUBLISH a one");
    both.same("SET k v");
    both.same("PUBLISH a two");
    both.same("SELECT 3");
    both.same("PUBLISH a three");
    both.same("EXEC");
    receives(listener, 3);
    const own = both.client("own");
    begin(own);
    own.same("MULTI");
    own.same("SUBSCRIBE x y");
    own.same("PSUBSCRIBE x");
    own.same("PING");
    own.same("GET k");
    own.same("UNSUBSCRIBE x");
    own.same("EXEC", { replies: 2 });
    own.same("PING");
    own.same("GET k");
    const shard = both.client("shard");
    begin(shard);
    shard.same("MULTI");
    shard.same("SSUBSCRIBE x y");
    shard.same("SUNSUBSCRIBE x");
    shard.same("EXEC");
    shard.same("GET k");
  });

  compat(`CLIENT LIST, INFO ${over}`, (both) => {
    const listener = both.client("listener");
    const fields = ["name", "flags", "sub", "psub", "ssub", "cmd", "resp"];
    listener.same("CLIENT SETNAME listener");
    begin(listener);
    listener.same("SUBSCRIBE a b", { replies: 2 });
    listener.same("PSUBSCRIBE a* b* c*", { replies: 3 });
    both.sameAfter(fieldsOf(...fields), "CLIENT LIST TYPE pubsub");
    both.sameAfter(infoOf("pubsub_channels", "pubsub_patterns", "pubsubshard_channels"), "INFO stats");
    listener.same("SSUBSCRIBE a");
    both.sameAfter(fieldsOf(...fields), "CLIENT LIST TYPE pubsub");
    both.sameAfter(infoOf("pubsub_channels", "pubsub_patterns", "pubsubshard_channels"), "INFO stats");
    listener.same("UNSUBSCRIBE a b", { replies: 2 });
    listener.same("PUNSUBSCRIBE a* b* c*", { replies: 3 });
    both.sameAfter(fieldsOf(...fields), "CLIENT LIST TYPE pubsub");
    listener.same("SUNSUBSCRIBE");
    both.sameAfter(fieldsOf(...fields), "CLIENT LIST TYPE pubsub");
    both.sameAfter(infoOf("pubsub_channels", "pubsub_patterns", "pubsubshard_channels"), "INFO stats");
  });

  compat(`CLIENT REPLY before messages ${over}`, (both) => {
    for (const [mode, answers] of [["OFF", 0], ["SKIP", 1]] as const) {
      const listener = both.client(`listener ${mode}`);
      begin(listener);
      listener.same("SUBSCRIBE a");
      if (protocol === 2) listener.same("RESET");
      listener.same(`CLIENT REPLY ${mode}`, { replies: 0 });
      listener.same("SUBSCRIBE a b", { replies: 2 });
      both.same("PUBLISH a one");
      listener.same("UNSUBSCRIBE b", { replies: 2 });
      if (protocol === 2) continue;
      listener.same("PING", { replies: answers });
      listener.same("PUBLISH a own", { replies: 1 + answers });
      both.same("PUBLISH a two");
      listener.same("CLIENT REPLY ON", { replies: 2 });
      both.same("PUBLISH a three");
      receives(listener, 1);
    }
  });
}

compat("more than one listens to one channel, and to one pattern", (both) => {
  const listeners = Array.from({ length: 20 }, (_, i) => both.client(`listener ${i}`));
  for (const [i, listener] of listeners.entries()) {
    if (i % 3 === 0) listener.resp3();
    listener.same("SUBSCRIBE a");
    listener.same("PSUBSCRIBE [ab]");
  }
  both.same("PUBLISH a one");
  both.same("PUBLISH b two");
  both.same(`PUBLISH a ${"x".repeat(20_000)}`);
  both.same("PUBSUB NUMSUB a");
  both.same("PUBSUB NUMPAT");
  for (const listener of listeners) receives(listener, 5);
  for (const listener of listeners.slice(5)) listener.same("RESET");
  both.same("PUBLISH a three");
  for (const listener of listeners.slice(0, 5)) receives(listener, 2);
});

compat("a client that publishes to itself gets the message first", (both) => {
  both.resp3();
  both.same("SUBSCRIBE a");
  both.same("PSUBSCRIBE ?");
  both.same("PUBLISH a one", { replies: 3 });
  both.same("SSUBSCRIBE s");
  both.same("SPUBLISH s one", { replies: 2 });
  both.same("MULTI");
  both.same("PUBLISH a two");
  both.same("SET k v");
  both.same("EXEC");
  both.same("PING");
  both.same("UNSUBSCRIBE");
  both.same("PUNSUBSCRIBE");
  both.same("PUBLISH a three");
});

compat("odd patterns", async (both) => {
  for (
    const [i, pattern] of ["", "*", "a[", "[a", "\\\\", "a\\\\", "[^a]", "**", "h[a-c]llo", "\\\\*"].entries()
  ) {
    const listener = both.client(`listener ${i}`);
    listener.same(`PSUBSCRIBE "${pattern}"`);
    await both.run();
    for (const channel of ["", "a", "b", "a[", "\\\\", "hbllo", "*"]) both.same(`PUBLISH "${channel}" x`);
    both.same("CLIENT KILL TYPE pubsub");
  }
});

compat("PUBSUB", (both) => {
  const listener = both.client("listener");
  both.same("PUBSUB CHANNELS");
  both.same("PUBSUB NUMSUB");
  both.same("PUBSUB NUMSUB a b");
  both.same("PUBSUB SHARDNUMSUB");
  both.same("PUBSUB SHARDNUMSUB a");
  both.same("PUBSUB SHARDCHANNELS");
  both.same("PUBSUB NUMPAT");
  listener.same("SUBSCRIBE a b abc ''", { replies: 4 });
  listener.same("PSUBSCRIBE a* b*", { replies: 2 });
  listener.same("SSUBSCRIBE s t", { replies: 2 });
  both.sameSet("PUBSUB CHANNELS");
  both.sameSet("PUBSUB CHANNELS a*");
  both.sameSet("PUBSUB CHANNELS *");
  both.sameSet("PUBSUB CHANNELS ''");
  both.same("PUBSUB CHANNELS none");
  both.same("PUBSUB CHANNELS a b");
  both.same("PUBSUB NUMSUB a none a s");
  both.same("PUBSUB NUMPAT");
  both.same("PUBSUB NUMPAT x");
  both.sameSet("PUBSUB SHARDCHANNELS");
  both.same("PUBSUB SHARDCHANNELS s*");
  both.same("PUBSUB SHARDCHANNELS a b");
  both.same("PUBSUB SHARDNUMSUB s none a");
  both.same("PUBSUB");
  both.same("PUBSUB NONE");
  both.same("pubsub channels A*");
  both.sameAfter((value) => (value as string[])[0], "PUBSUB HELP");
  both.same("PUBSUB HELP x");
  both.resp3();
  both.sameSet("PUBSUB CHANNELS");
  both.same("PUBSUB NUMSUB a none");
});

compat("wrong numbers of arguments", (both) => {
  for (const name of ["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "PUBLISH", "SPUBLISH"]) both.same(name);
  for (const line of ["PUBLISH a", "PUBLISH a b c", "SPUBLISH a", "SPUBLISH a b c"]) both.same(line);
});

compat("messages from scripts", (both) => {
  const listener = both.client("listener");
  listener.same("SUBSCRIBE a");
  listener.same("SSUBSCRIBE a");
  both.same(`EVAL "return redis.call('publish', 'a', 'one')" 0`);
  both.same(`EVAL "return redis.call('spublish', 'a', 'one')" 1 a`);
  both.same(`EVAL_RO "return redis.call('publish', 'a', 'one')" 0`);
  both.same(`EVAL_RO "return redis.call('spublish', 'a', 'one')" 1 a`);
  both.same(`EVAL "return redis.call('subscribe', 'a')" 0`);
  both.same(`EVAL "return redis.call('pubsub', 'numsub', 'a')" 0`);
  both.same(`EVAL "return redis.pcall('unsubscribe')" 0`);
  listener.same("PING end", { replies: 3 });
}, { needs: ["EVAL"] });

compat("messages while clients are paused", (both) => {
  const listener = both.client("listener");
  listener.same("SUBSCRIBE a");
  both.same("CLIENT PAUSE 10000 WRITE");
  both.same("PUBSUB NUMSUB a");
  both.same("CLIENT UNPAUSE");
  both.same("PUBLISH a x");
  receives(listener, 1);
});

compat("notify-keyspace-events is shown as it is kept", (both) => {
  for (
    const classes of ["", "K", "E", "KEA", "AKE", "KEAnm", "Kg$lshzxetd", "nE", "mAK", "KEgg", "x", "Kq", "A"]
  ) {
    both.same(`CONFIG SET notify-keyspace-events '${classes}'`);
    both.same("CONFIG GET notify-keyspace-events");
  }
  both.same("CONFIG SET notify-keyspace-events ''");
});

compat("notifications go on and off with the configuration", (both) => {
  const listener = both.client("listener");
  listener.same("PSUBSCRIBE __key*");
  both.same("SET k 1");
  both.same("CONFIG SET notify-keyspace-events KEA");
  both.same("SET k 2");
  both.same("CONFIG SET notify-keyspace-events E$");
  both.same("SET k 3");
  both.same("EXPIRE k 100");
  both.same("CONFIG SET notify-keyspace-events ''");
  both.same("SET k 4");
  listener.same("PING", { replies: 4 });
});

compat("a client of RESP3 is told of what it does itself", (both) => {
  both.same("CONFIG SET notify-keyspace-events KEA");
  both.resp3();
  both.same("PSUBSCRIBE __keyevent@*");
  both.same("SET k v", { replies: 2 });
  both.same("RENAME k l", { replies: 3 });
  both.same("CONFIG SET notify-keyspace-events ''");
});
