/** One publisher, and 1, 50 or 1,000 subscribers of its channel: messages that arrive a second, and what they cost the server. */
import { AskingConnection } from "./asking_connection.ts";
import { Listeners } from "./pubsub_listeners.ts";
import type { PubSubOptions } from "./pubsub.ts";
import { command } from "./pipelined_connection.ts";
import { cpuSeconds, portOf, type Results, type Rival, RIVALS } from "./rivals.ts";
import { markdownTable, median, short, times } from "./table.ts";

const CHANNEL = "channel";
const TEXT = "x".repeat(32);
const MESSAGE = `*3\r\n$7\r\nmessage\r\n$${CHANNEL.length}\r\n${CHANNEL}\r\n$${TEXT.length}\r\n${TEXT}\r\n`;
const GREETING = command("SUBSCRIBE", CHANNEL);
const ANSWER = `*3\r\n$9\r\nsubscribe\r\n$${CHANNEL.length}\r\n${CHANNEL}\r\n:1\r\n`;

/** How many messages are published at a pipeline depth. */
const CASES: readonly { subscribers: number; pipeline: number; messages: number }[] = [
  { subscribers: 1, pipeline: 1, messages: 40_000 },
  { subscribers: 1, pipeline: 16, messages: 400_000 },
  { subscribers: 50, pipeline: 1, messages: 5_000 },
  { subscribers: 50, pipeline: 16, messages: 40_000 },
  { subscribers: 1000, pipeline: 1, messages: 300 },
  { subscribers: 1000, pipeline: 16, messages: 3_200 },
];
const QUICK_SHARE = 0.1;

interface Sample {
  readonly deliveriesASecond: number;
  readonly cpuMicrosADelivery: number;
}

/** Measures, and gives the report as Markdown. */
export async function publishing({ rounds, quick }: PubSubOptions): Promise<string> {
  const samples = CASES.map((): Results<Sample> => ({ "redis-server": [], redeno: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, measured] of CASES.entries()) {
      for (const rival of round % 2 === 0 ? RIVALS : RIVALS.toReversed()) {
        const { subscribers, pipeline } = measured;
        console.error(
          `round ${round + 1} of ${rounds}: ${subscribers} subscribers, P=${pipeline}, ${rival.name}`,
        );
        const messages = Math.ceil(measured.messages * (quick ? QUICK_SHARE : 1) / pipeline) * pipeline;
        samples[i]![rival.name].push(await measure(rival, subscribers, pipeline, messages));
      }
    }
  }
  return report(samples, rounds);
}

async function measure(
  rival: Rival,
  subscribers: number,
  pipeline: number,
  messages: number,
): Promise<Sample> {
  await using server = await rival.start(["--maxclients", String(subscribers + 100)]);
  using listeners = await Listeners.start(server, subscribers, GREETING, ANSWER);
  using publisher = await AskingConnection.open(portOf(server));
  const request = command("PUBLISH", CHANNEL, TEXT).repeat(pipeline);
  const publish = async (count: number) => {
    const arrived = listeners.receive(count * subscribers * MESSAGE.length);
    for (let sent = 0; sent < count; sent += pipeline) await publisher.askAll(request, pipeline);
    await arrived;
  };
  await publish(Math.ceil(messages / 10 / pipeline) * pipeline);
  const before = await cpuSeconds(server.pid);
  const began = performance.now();
  await publish(messages);
  const seconds = (performance.now() - began) / 1000;
  const cpu = await cpuSeconds(server.pid) - before;
  const deliveries = messages * subscribers;
  return { deliveriesASecond: deliveries / seconds, cpuMicrosADelivery: cpu / deliveries * 1e6 };
}

function report(samples: readonly Results<Sample>[], rounds: number): string {
  const rows = CASES.map(({ subscribers, pipeline }, i) => {
    const middle = (rival: Rival["name"], field: keyof Sample) =>
      median(samples[i]![rival].map((sample) => sample[field]));
    const [theirs, ours] = [
      middle("redis-server", "deliveriesASecond"),
      middle("redeno", "deliveriesASecond"),
    ];
    const [theirCpu, ourCpu] = [
      middle("redis-server", "cpuMicrosADelivery"),
      middle("redeno", "cpuMicrosADelivery"),
    ];
    return [
      ...[short(subscribers), String(pipeline), short(theirs), short(ours), times(ours / theirs)],
      ...[theirCpu.toFixed(2), ourCpu.toFixed(2), times(ourCpu / theirCpu)],
    ];
  });
  const head = [
    ...["subscribers", "P", "redis-server messages/s", "redeno messages/s", "ratio"],
    ...["redis-server CPU us", "redeno CPU us", "ratio"],
  ];
  return [
    `PUBLISH of ${TEXT.length} bytes by one client, medians of ${rounds} round${rounds === 1 ? "" : "s"}. ` +
    "Messages that arrived a second, at all subscribers together, and CPU time of the server for each. The subscribers " +
    "share the other processor, and may be what is slow where they are many.",
    "",
    markdownTable(head, rows),
  ].join("\n");
}
