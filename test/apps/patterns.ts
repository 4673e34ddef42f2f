/** Patterns that everybody writes, beside those of the book. */
import type { Application } from "./application.ts";
import { latestItems } from "./p1_latest_items.ts";
import { leaderboard } from "./p2_leaderboard.ts";
import { patternCounters } from "./p3_counters.ts";
import { sortedNews } from "./p4_sorted_news.ts";
import { reliableQueue } from "./p5_reliable_queue.ts";
import { eventLog } from "./p6_event_log.ts";

export const patterns: readonly Application[] = [
  latestItems,
  leaderboard,
  patternCounters,
  sortedNews,
  reliableQueue,
  eventLog,
];
