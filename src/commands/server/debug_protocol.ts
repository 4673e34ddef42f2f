/** DEBUG PROTOCOL: a reply of every type, for the tests of client libraries. */
import { ReplyError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { utf8 } from "../../sys/bytes.ts";

const BIG_NUMBER = "1234567999999999999999999999999999999";
const noPushes = new ReplyError("ERR RESP2 is not supported by this command");

const REPLIES: Readonly<Record<string, (reply: Reply) => void>> = {
  string: (reply) => reply.bulkText("Hello World"),
  integer: (reply) => reply.integer(12345),
  double: (reply) => reply.double("3.141"),
  bignum(reply) {
    if (reply.resp3) reply.raw(utf8(`(${BIG_NUMBER}\r\n`));
    else reply.bulkText(BIG_NUMBER);
  },
  null: (reply) => reply.nil(),
  array(reply) {
    reply.array(3);
    for (let i = 0; i < 3; i++) reply.integer(i);
  },
  set(reply) {
    reply.set(3);
    for (let i = 0; i < 3; i++) reply.integer(i);
  },
  map(reply) {
    reply.map(3);
    for (let i = 0; i < 3; i++) {
      reply.integer(i);
      reply.boolean(i === 1);
    }
  },
  attrib(reply) {
    if (reply.resp3) {
      reply.raw(utf8("|1\r\n"));
      reply.bulkText("key-popularity");
      reply.array(2);
      reply.bulkText("key:123");
      reply.integer(90);
    }
    reply.bulkText("Some real reply following the attribute");
  },
  push(reply) {
    if (!reply.resp3) throw noPushes;
    reply.push(2);
    reply.bulkText("server-cpu-usage");
    reply.integer(42);
    reply.bulkText("Some real reply following the push reply");
  },
  verbatim: (reply) => reply.verbatim("This is a verbatim\nstring"),
  true: (reply) => reply.boolean(true),
  false: (reply) => reply.boolean(false),
};

/** @throws ReplyError when there is no such type */
export function writeProtocolSample(type: string, reply: Reply): void {
  const name = type.toLowerCase();
  if (!Object.hasOwn(REPLIES, name)) {
    const names = Object.keys(REPLIES).join("|");
    throw new ReplyError(`ERR Wrong protocol type name. Please use one of the following: ${names}`);
  }
  REPLIES[name]!(reply);
}
