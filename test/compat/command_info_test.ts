/**
 * Proofreads every declaration: COMMAND INFO and COMMAND DOCS of each command that redeno has, against the real
 * server, field by field. The order of subcommands means nothing (the real server keeps them in a hash table);
 * summaries, complexities, histories and notes are prose and are our own.
 */
import { assert, assertEquals } from "@std/assert";
import type { RespClient } from "../support/resp_client.ts";
import { type Plain, plain } from "../support/resp_value.ts";
import { startRealServer, whyNoRealServer } from "../support/real_server.ts";
import { startRedeno } from "../support/redeno_server.ts";

const FIELDS = [
  "name",
  "arity",
  "flags",
  "first key",
  "last key",
  "step",
  "ACL categories",
  "tips",
  "key specs",
  "subcommands",
];
const COMPARED_DOCS = ["since", "group", "module", "doc_flags", "deprecated_since", "replaced_by"];
/** What redeno answers beyond 7.0.15, because every modern client asks. */
const ADDITIONS = ["client|setinfo", "client|no-touch"];
/** Subcommands that redeno does not have yet, of containers that it has. */
const NOT_YET = ["client|caching", "client|getredir", "client|tracking", "client|trackinginfo"];
const NOT_COMPARED = [...ADDITIONS, ...NOT_YET];

const why = whyNoRealServer();
if (why && Deno.env.get("CI") === "true") throw new Error(`${why}: nothing to compare with`);
if (why) console.log(`${why}: COMMAND INFO is not compared`);

/** Key specs without their notes, which are prose. */
function withoutNotes(specs: Plain): Plain {
  if (!Array.isArray(specs)) return specs;
  return specs.map((spec) => {
    const notes = Array.isArray(spec) ? spec.indexOf("notes") : -1;
    return Array.isArray(spec) && notes >= 0 ? spec.toSpliced(notes, 2) : spec;
  });
}

/** One entry of COMMAND INFO as names and values; subcommands by their name. */
function infoFields(entry: Plain, path: string, into: Map<string, string>): void {
  if (!Array.isArray(entry)) {
    into.set(path, JSON.stringify(entry));
    return;
  }
  for (const [i, field] of FIELDS.entries()) {
    const value = entry[i] ?? null;
    if (field !== "subcommands" || !Array.isArray(value)) {
      into.set(`${path}, ${field}`, JSON.stringify(field === "key specs" ? withoutNotes(value) : value));
      continue;
    }
    for (const subcommand of value) {
      const name = Array.isArray(subcommand) ? String(subcommand[0]) : "?";
      if (!NOT_COMPARED.includes(name)) infoFields(subcommand, name, into);
    }
  }
}

/** One command of COMMAND DOCS; subcommands by their name. */
function docFields(fields: Plain, path: string, into: Map<string, string>): void {
  if (!Array.isArray(fields)) return;
  for (let i = 0; i < fields.length; i += 2) {
    const [name, value] = [String(fields[i]), fields[i + 1] ?? null];
    if (COMPARED_DOCS.includes(name)) into.set(`${path}, ${name}`, JSON.stringify(value));
    if (name !== "subcommands" || !Array.isArray(value)) continue;
    for (let j = 0; j < value.length; j += 2) {
      const subcommand = String(value[j]);
      if (!NOT_COMPARED.includes(subcommand)) docFields(value[j + 1]!, subcommand, into);
    }
  }
}

async function ask(client: RespClient, ...args: string[]): Promise<Plain[]> {
  const answer = plain((await client.send(args)).value);
  assert(Array.isArray(answer), `${args.slice(0, 3).join(" ")} is answered with an array`);
  return answer;
}

/** "GET, arity: redis-server says 2, redeno 3" for every field that differs. */
function differences(real: Map<string, string>, ours: Map<string, string>): string[] {
  return [...new Set([...real.keys(), ...ours.keys()])]
    .filter((field) => real.get(field) !== ours.get(field))
    .map((field) =>
      `${field}: redis-server ${real.get(field) ?? "nothing"}, redeno ${ours.get(field) ?? "nothing"}`
    );
}

Deno.test({
  name: "COMMAND INFO and COMMAND DOCS of every command agree with redis-server",
  ignore: why !== undefined,
  fn: async () => {
    await using real = await startRealServer();
    await using redeno = await startRedeno();
    using realClient = await real.connect();
    using ourClient = await redeno.connect();
    const names = (await ask(ourClient, "COMMAND", "LIST")).map(String).filter((name) => !name.includes("|"))
      .sort();
    assert(names.length > 0, "COMMAND LIST names commands");

    const infos: Map<string, string>[] = [];
    const docs: Map<string, string>[] = [];
    for (const client of [realClient, ourClient]) {
      const info = new Map<string, string>();
      for (const [i, entry] of (await ask(client, "COMMAND", "INFO", ...names)).entries()) {
        infoFields(entry, names[i]!, info);
      }
      infos.push(info);
      const doc = new Map<string, string>();
      const answer = await ask(client, "COMMAND", "DOCS", ...names);
      for (let i = 0; i < answer.length; i += 2) docFields(answer[i + 1]!, String(answer[i]), doc);
      docs.push(doc);
    }
    assertEquals(differences(infos[0]!, infos[1]!), []);
    assertEquals(differences(docs[0]!, docs[1]!), []);
  },
});

Deno.test({
  name: "COMMAND without arguments is COMMAND INFO of all, and COMMAND COUNT counts them",
  ignore: why !== undefined,
  fn: async () => {
    await using redeno = await startRedeno();
    using client = await redeno.connect();
    const all = await ask(client, "COMMAND");
    const info = await ask(client, "COMMAND", "INFO");
    const fields = (entries: Plain[]) => {
      const result = new Map<string, string>();
      for (const entry of entries) infoFields(entry, Array.isArray(entry) ? String(entry[0]) : "?", result);
      return result;
    };
    assertEquals(differences(fields(all), fields(info)), []);
    assertEquals(plain((await client.send("COMMAND COUNT")).value), all.length);
    assertEquals((await ask(client, "COMMAND", "DOCS")).length, all.length * 2);
  },
});
