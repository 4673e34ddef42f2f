/** What MEMORY DOCTOR makes of the figures. */
import type { MemoryReport } from "../../context.ts";

const MEBIBYTE = 1 << 20;
/** Below this nothing can be said. */
const DATASET_BYTES_MIN = 5 * MEBIBYTE;
/** How many times what is in use a figure may be before it is remarkable. */
const PEAK_TIMES_MAX = 1.5;
const RSS_TIMES_MAX = 1.8;
const ARENA_TIMES_MAX = 1.4;
const HEAP_SHARE_MAX = 0.5;
/** A heap of that size is the program's. */
const HEAP_BYTES_USUAL = 64 * MEBIBYTE;
const CLIENT_BYTES_MAX = 200 << 10;

/** @param keys in all databases @param clients connected */
export function diagnose(report: MemoryReport, keys: number, clients: number): string {
  const { used, peak, rss, rssStartup, dataset, arenaUsed, arenaPages, clientBuffers, heapUsed } = report;
  if (dataset < DATASET_BYTES_MIN) {
    return "There is too little data in this server to tell anything about its use of memory.\n";
  }
  // Beside what is used there is the engine's heap, and the program.
  const held = used + heapUsed;
  const findings: string[] = [];
  if (peak > used * PEAK_TIMES_MAX) {
    findings.push(
      `Peak: ${inMebibytes(peak)} were in use once, now ${inMebibytes(used)}. ` +
        "The process may still hold the difference and will use it again when data comes.",
    );
  }
  if (rss - rssStartup > held * RSS_TIMES_MAX) {
    findings.push(
      `Resident size: the system counts ${inMebibytes(rss)} for this process, ` +
        `${inMebibytes(rssStartup)} of which were there without data, and ${inMebibytes(held)} are in use.`,
    );
  }
  if (arenaPages > arenaUsed * ARENA_TIMES_MAX) {
    findings.push(
      `Fragmentation: blocks of ${inMebibytes(arenaUsed)} are spread over pages of ${
        inMebibytes(arenaPages)
      }. ` +
        "New keys and values of like sizes will fill the gaps.",
    );
  }
  if (clients > 0 && clientBuffers / clients > CLIENT_BYTES_MAX) {
    findings.push(
      `Client buffers: ${clients} clients hold ${inMebibytes(clientBuffers)}. ` +
        "Look at qbuf and omem in CLIENT LIST for those that send or ask for much and read little.",
    );
  }
  if (heapUsed > Math.max(HEAP_BYTES_USUAL, held * HEAP_SHARE_MAX)) {
    findings.push(`Heap: ${inMebibytes(heapUsed)} are the engine's own objects, not data.`);
  }
  if (findings.length === 0) {
    return `Nothing remarkable: ${keys} keys in ${inMebibytes(dataset)}, ${inMebibytes(used)} in use.\n`;
  }
  return findings.map((finding) => ` * ${finding}\n`).join("\n");
}

function inMebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}
