/** One command as COMMAND DOCS describes it. */
import type { Command } from "../../command_table.ts";
import type { Reply } from "../../resp/reply.ts";
import { type Argument, argumentsOf } from "./command_arguments.ts";

type Field = readonly [name: string, write: (reply: Reply) => void];

/** Name and description of a command, the subcommands of a container included. */
export function writeDocs(command: Command, reply: Reply): void {
  reply.bulkText(command.name);
  writeFields(fieldsOf(command), reply);
}

function writeFields(fields: readonly Field[], reply: Reply): void {
  reply.map(fields.length);
  for (const [name, write] of fields) {
    reply.bulkText(name);
    write(reply);
  }
}

function text(name: string, value: string): Field {
  return [name, (reply) => reply.bulkUtf8(value)];
}

function statuses(name: string, values: readonly string[]): Field {
  return [name, (reply) => {
    reply.set(values.length);
    for (const value of values) reply.status(value);
  }];
}

function fieldsOf(command: Command): Field[] {
  const { spec, subcommands } = command;
  const fields = [text("summary", spec.summary), text("since", spec.since), text("group", spec.group)];
  if (spec.complexity !== "") fields.push(text("complexity", spec.complexity));
  const flags = [...spec.deprecated ? ["deprecated"] : [], ...spec.isSystem ? ["syscmd"] : []];
  if (flags.length > 0) fields.push(statuses("doc_flags", flags));
  if (spec.deprecated !== undefined) {
    fields.push(text("deprecated_since", spec.deprecated.since));
    fields.push(text("replaced_by", spec.deprecated.replacedBy));
  }
  const parts = argumentsOf(spec);
  if (parts.length > 0) fields.push(["arguments", (reply) => writeArguments(parts, reply)]);
  if (subcommands.length > 0) {
    fields.push(["subcommands", (reply) => {
      reply.map(subcommands.length);
      for (const subcommand of subcommands) writeDocs(subcommand, reply);
    }]);
  }
  return fields;
}

function writeArguments(parts: readonly Argument[], reply: Reply): void {
  reply.array(parts.length);
  for (const part of parts) writeFields(argumentFields(part), reply);
}

function argumentFields({ name, type, keySpec, token, flags, parts }: Argument): Field[] {
  const fields = [text("name", name), text("type", type)];
  if (keySpec !== undefined) fields.push(["key_spec_index", (reply) => reply.integer(keySpec)]);
  if (token !== undefined) fields.push(text("token", token));
  if (flags.length > 0) fields.push(statuses("flags", flags));
  if (parts.length > 0) fields.push(["arguments", (reply) => writeArguments(parts, reply)]);
  return fields;
}
