/**
 * Commands that scripts call: from the values of a script to a request, through the dispatcher, and from the bytes of
 * the reply to values again. Arguments, client and reply are used again by the next call: a call that returns a number
 * allocates nothing.
 */
import { Args } from "../args.ts";
import { type Command, FlagBit } from "../command_table.ts";
import type { Context, Server } from "../context.ts";
import { outOfMemory } from "../errors.ts";
import { formatDouble } from "../store/numbers/double.ts";
import { writeInteger } from "../store/numbers/int64.ts";
import { latin1 } from "../sys/bytes.ts";
import type { ScriptStack } from "./engine.ts";
import { ScriptFlag } from "./header.ts";
import { raiseError, Replicate } from "./redis_library.ts";
import { pushError, ReplyReader } from "./reply_reader.ts";
import { errorCode } from "./reply_writer.ts";
import { ScriptClient } from "./script_client.ts";

const DASH = 0x2d;
/** Room for the digits of numbers among the arguments, and the most that one takes. */
const DIGITS_BYTES = 1024;
const NUMBER_BYTES_MAX = 24;

const noArguments = "ERR Please specify at least one argument for this redis lib call";
const wrongArguments = "ERR Lua redis lib command arguments must be strings or integers";
const unknownCommand = "ERR Unknown Redis command called from script";
const wrongArity = "ERR Wrong number of args calling Redis command from script";
const notFromScripts = "ERR This Redis command is not allowed from script";
const readOnly = "ERR Write commands are not allowed from read-only scripts.";

export class InnerCalls {
  /** Whether the script that runs has called a command that writes. */
  hasWritten = false;
  readonly #server: Server;
  readonly #client: ScriptClient;
  readonly #args = new Args();
  readonly #reader = new ReplyReader();
  #digits = new Uint8Array(DIGITS_BYTES);
  #digitsUsed = 0;
  #isReadOnly = false;
  /** Whether there was no room when it began, and it did not say that it needs none. */
  #isShortOfMemory = false;
  #replication: number = Replicate.all;

  constructor(server: Server) {
    this.#server = server;
    this.#client = new ScriptClient(server);
  }

  /** A script begins. @param flags {@link ScriptFlag} bits */
  begin(context: Context, flags: number): void {
    this.#client.begin(context);
    this.hasWritten = false;
    this.#isReadOnly = (flags & ScriptFlag.noWrites) !== 0;
    this.#isShortOfMemory = (flags & ScriptFlag.allowOom) === 0 && this.#server.dispatcher.isOutOfMemory;
    this.#replication = Replicate.all;
  }

  /** The script has ended. */
  end(): void {
    this.#client.end();
  }

  /** The version of the protocol in which the script sees replies. */
  get protocol(): 2 | 3 {
    return this.#client.protocol;
  }

  setProtocol(version: 2 | 3): void {
    this.#client.protocol = version;
  }

  /** What is called from here on is recorded for these. @param targets {@link Replicate} bits */
  setReplication(targets: number): void {
    this.#replication = targets;
  }

  /** redis.call and redis.pcall: the stack holds the arguments, and gets the reply. */
  call(stack: ScriptStack, raises: boolean): number {
    const problem = this.#readArguments(stack);
    if (problem !== undefined) {
      pushError(stack, problem, false);
      return raises ? stack.raise() : 1;
    }
    const command = this.#find();
    const refusal = command === undefined ? unknownCommand : this.#refusal(command);
    if (refusal !== undefined) {
      this.#server.dispatcher.countRejection(command, errorCode(refusal));
      pushError(stack, refusal, true);
      return raises ? stack.raise() : 1;
    }
    const { reply } = this.#client;
    this.#run(command!);
    this.#reader.push(stack, reply.buffer);
    const isError = reply.buffer[0] === DASH;
    reply.truncate(0);
    return isError && raises ? stack.raise() : 1;
  }

  /** redis.acl_check_cmd: whether the user may; there is one user, and he may do everything. */
  isAllowed(stack: ScriptStack): number {
    const problem = this.#readArguments(stack);
    if (problem !== undefined) {
      pushError(stack, problem, false);
      stack.raise();
    }
    if (this.#find() === undefined) raiseError(stack, "Invalid command passed to redis.acl_check_cmd()");
    stack.pushBoolean(true);
    return 1;
  }

  #run(command: Command): void {
    const { dispatcher } = this.#server;
    if ((this.#replication & Replicate.aof) !== 0) {
      return dispatcher.callFromScript(this.#client, command, this.#args);
    }
    dispatcher.journal.isMuted = true;
    dispatcher.callFromScript(this.#client, command, this.#args);
    dispatcher.journal.isMuted = false;
  }

  /** Makes a request of the values on the stack; what is wrong with them, if something is. */
  #readArguments(stack: ScriptStack): string | undefined {
    const args = this.#args;
    const { count } = stack;
    args.clear();
    this.#digitsUsed = 0;
    if (count === 0) return noArguments;
    for (let i = 1; i <= count; i++) {
      const bytes = stack.toBytes(i);
      if (bytes !== undefined) args.push(bytes);
      else if (stack.type(i) === "number") this.#pushNumber(stack, i);
      else return wrongArguments;
    }
    return undefined;
  }

  #pushNumber(stack: ScriptStack, i: number): void {
    const value = stack.toNumber(i)!;
    if (this.#digitsUsed + NUMBER_BYTES_MAX > this.#digits.length) {
      // Those that are there already stay where they are.
      this.#digits = new Uint8Array(this.#digits.length * 2);
      this.#digitsUsed = 0;
    }
    const start = this.#digitsUsed;
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      this.#digitsUsed = writeInteger(value, this.#digits, start);
    } else {
      const text = value === value ? formatDouble(value) : stack.toText(i);
      this.#digits.set(latin1(text), start);
      this.#digitsUsed = start + text.length;
    }
    this.#args.push(this.#digits, start, this.#digitsUsed);
  }

  #find(): Command | undefined {
    const args = this.#args;
    const command = this.#server.commands.find(args.at(0));
    if (command === undefined || command.subcommands.length === 0 || args.count === 1) return command;
    return command.subcommand(args.text(1));
  }

  /** Why the script may not call the command, if it may not. */
  #refusal(command: Command): string | undefined {
    const { arity, flagBits } = command;
    const { count } = this.#args;
    if (arity >= 0 ? count !== arity : count < -arity) return wrongArity;
    if ((flagBits & FlagBit.noScript) !== 0) return notFromScripts;
    if (this.#isReadOnly && (flagBits & (FlagBit.write | FlagBit.mayReplicate)) !== 0) return readOnly;
    if ((flagBits & FlagBit.write) === 0) return undefined;
    if (!this.hasWritten) {
      const refusal = this.#server.dispatcher.persistenceRefusal();
      if (refusal !== undefined) return refusal.text;
      if (this.#isShortOfMemory && (flagBits & FlagBit.denyoom) !== 0) return outOfMemory.text;
      this.hasWritten = true;
    }
    return undefined;
  }
}
