/** CLIENT TRACKING, CACHING, TRACKINGINFO, GETREDIR: a client is told when what it caches is out of date. */
import type { Args } from "../../args.ts";
import { defineCommand } from "../../command.ts";
import type { Context, Tracking, TrackingOptions } from "../../context.ts";
import { ReplyError, syntaxError } from "../../errors.ts";
import { shared } from "./client_shared.ts";

const oneRedirection = new ReplyError("ERR A client can only redirect to a single other client");
const noSuchClient = new ReplyError("ERR The client ID you want redirect to does not exist");
const prefixWithoutBroadcast = new ReplyError("ERR PREFIX option requires BCAST mode to be enabled");
const choiceWithBroadcast = new ReplyError("ERR OPTIN and OPTOUT are not compatible with BCAST");
const bothChoices = new ReplyError("ERR You can't specify both OPTIN mode and OPTOUT mode");
const noChoice = new ReplyError(
  "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
);
const yesWithoutOptIn = new ReplyError(
  "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.",
);
const noWithoutOptOut = new ReplyError(
  "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.",
);

interface Asked {
  redirection: number;
  broadcasts: boolean;
  optIn: boolean;
  optOut: boolean;
  skipsOwn: boolean;
  readonly prefixes: string[];
}

function readOptions({ server }: Context, args: Args): Asked {
  const asked: Asked = {
    redirection: 0,
    broadcasts: false,
    optIn: false,
    optOut: false,
    skipsOwn: false,
    prefixes: [],
  };
  for (let i = 3; i < args.count; i++) {
    const isFollowed = i + 1 < args.count;
    if (args.is(i, "redirect") && isFollowed) {
      if (asked.redirection !== 0) throw oneRedirection;
      asked.redirection = args.integer(++i);
      if (server.clients.byId(asked.redirection) === undefined) throw noSuchClient;
    } else if (args.is(i, "prefix") && isFollowed) {
      asked.prefixes.push(args.text(++i));
    } else if (args.is(i, "bcast")) {
      asked.broadcasts = true;
    } else if (args.is(i, "optin")) {
      asked.optIn = true;
    } else if (args.is(i, "optout")) {
      asked.optOut = true;
    } else if (args.is(i, "noloop")) {
      asked.skipsOwn = true;
    } else {
      throw syntaxError;
    }
  }
  return asked;
}

/** The options that were asked for, if they fit together and with how the client tracks now. */
function checked(asked: Asked, now: Tracking | undefined): TrackingOptions {
  const { broadcasts, optIn, optOut, redirection, skipsOwn, prefixes } = asked;
  if (!broadcasts && prefixes.length > 0) throw prefixWithoutBroadcast;
  const hasSwitched = now !== undefined && now.options.broadcasts !== broadcasts;
  // Whoever switches is told so first: by who begins to track.
  if (!hasSwitched && broadcasts && (optIn || optOut)) throw choiceWithBroadcast;
  if (!hasSwitched && optIn && optOut) throw bothChoices;
  const choice = optIn ? "opt-in" : optOut ? "opt-out" : "all";
  return { broadcasts, choice, redirection, skipsOwn, prefixes };
}

export const clientTracking = defineCommand({
  ...shared,
  name: "TRACKING",
  since: "6.0.0",
  summary: "Says whether, and of which keys, this connection is told when they change",
  complexity: "O(1). Some options may introduce additional complexity.",
  syntax:
    "<ON | OFF> [REDIRECT client-id] [PREFIX prefix [PREFIX prefix ...]] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]",
  arity: -3,
  run(context, args, reply) {
    const { client, server } = context;
    const asked = readOptions(context, args);
    if (args.is(2, "on")) server.tracking.begin(client, checked(asked, client.tracking));
    else if (args.is(2, "off")) server.tracking.end(client);
    else throw syntaxError;
    reply.ok();
  },
});

export const clientCaching = defineCommand({
  ...shared,
  name: "CACHING",
  since: "6.0.0",
  summary: "Says whether the keys of the next command are remembered for this connection",
  syntax: "YES | NO",
  arity: 3,
  run({ client: { tracking } }, args, reply) {
    if (tracking === undefined) throw noChoice;
    const { choice } = tracking.options;
    if (args.is(2, "yes")) {
      if (choice !== "opt-in") throw yesWithoutOptIn;
    } else if (args.is(2, "no")) {
      if (choice !== "opt-out") throw noWithoutOptOut;
    } else {
      throw syntaxError;
    }
    tracking.isCachingGiven = true;
    reply.ok();
  },
});

/** How a client tracks, in the words of TRACKINGINFO. */
function flagsOf(tracking: Tracking | undefined): string[] {
  if (tracking === undefined) return ["off"];
  const { options: { broadcasts, choice, skipsOwn }, isCachingGiven, isBroken } = tracking;
  const flags = ["on"];
  if (broadcasts) flags.push("bcast");
  if (choice === "opt-in") flags.push("optin");
  if (choice === "opt-in" && isCachingGiven) flags.push("caching-yes");
  if (choice === "opt-out") flags.push("optout");
  if (choice === "opt-out" && isCachingGiven) flags.push("caching-no");
  if (skipsOwn) flags.push("noloop");
  if (isBroken) flags.push("broken_redirect");
  return flags;
}

export const clientTrackinginfo = defineCommand({
  ...shared,
  name: "TRACKINGINFO",
  since: "6.2.0",
  summary: "Tells how this connection is told of keys that change",
  syntax: "",
  arity: 2,
  run({ client: { tracking } }, _args, reply) {
    const flags = flagsOf(tracking);
    const prefixes = tracking?.prefixes ?? [];
    reply.map(3);
    reply.bulkText("flags");
    reply.set(flags.length);
    for (const flag of flags) reply.bulkText(flag);
    reply.bulkText("redirect");
    reply.integer(tracking?.options.redirection ?? -1);
    reply.bulkText("prefixes");
    reply.array(prefixes.length);
    for (const prefix of prefixes) reply.bulkText(prefix);
  },
});

export const clientGetredir = defineCommand({
  ...shared,
  name: "GETREDIR",
  since: "6.0.0",
  summary: "Tells which connection is told instead of this one when keys change",
  syntax: "",
  arity: 2,
  run: ({ client: { tracking } }, _args, reply) => reply.integer(tracking?.options.redirection ?? -1),
});
