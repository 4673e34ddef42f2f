/** The applications of chapters 1 to 7, first half. */
import { articleVoting } from "./a01_voting.ts";
import { articleGroups } from "./a02_groups.ts";
import { downVoting } from "./a03_down_voting.ts";
import { loginCookies } from "./a04_login_cookies.ts";
import { shoppingCart } from "./a05_shopping_cart.ts";
import { pageCache } from "./a06_page_cache.ts";
import { rowCache } from "./a07_row_cache.ts";
import { pageAnalytics } from "./a08_page_analytics.ts";
import { recentlyViewed } from "./a09_recently_viewed.ts";
import { publishSubscribe } from "./a10_publish_subscribe.ts";
import { transactions } from "./a11_transactions.ts";
import { raceFreeVote } from "./a12_race_free_vote.ts";
import { logProgress } from "./a13_log_progress.ts";
import { marketplace } from "./a17_marketplace.ts";
import { pipelining } from "./a18_pipelining.ts";
import { recentLog } from "./a19_recent_log.ts";
import { commonLog } from "./a20_common_log.ts";
import { counters } from "./a21_counters.ts";
import { statistics } from "./a22_statistics.ts";
import { accessTime } from "./a23_access_time.ts";
import { ipToCity } from "./a24_ip_to_city.ts";
import { configuration } from "./a25_configuration.ts";
import { connections } from "./a26_connections.ts";
import { recentContacts } from "./a27_recent_contacts.ts";
import { addressBook } from "./a28_address_book.ts";
import { lock } from "./a29_lock.ts";
import { lockTimeout } from "./a30_lock_timeout.ts";
import { marketLocks } from "./a31_market_locks.ts";
import { semaphore } from "./a32_semaphore.ts";
import { fairSemaphore } from "./a33_fair_semaphore.ts";
import { lockedSemaphore } from "./a34_locked_semaphore.ts";
import { fifoQueue } from "./a35_fifo_queue.ts";
import { priorityQueues } from "./a36_priority_queues.ts";
import { delayedTasks } from "./a37_delayed_tasks.ts";
import { mailbox } from "./a38_mailbox.ts";
import { groupChat } from "./a39_group_chat.ts";
import { fileDistribution } from "./a40_file_distribution.ts";
import { aggregates } from "./a41_aggregates.ts";
import { invertedIndex } from "./a42_inverted_index.ts";
import { golden } from "./golden.ts";
import type { Application, Waiting } from "./application.ts";

export const part1: readonly Application[] = [
  articleVoting,
  articleGroups,
  downVoting,
  loginCookies,
  shoppingCart,
  pageCache,
  rowCache,
  pageAnalytics,
  recentlyViewed,
  publishSubscribe,
  transactions,
  raceFreeVote,
  logProgress,
  marketplace,
  pipelining,
  recentLog,
  commonLog,
  counters,
  statistics,
  accessTime,
  ipToCity,
  configuration,
  connections,
  recentContacts,
  addressBook,
  lock,
  lockTimeout,
  marketLocks,
  semaphore,
  fairSemaphore,
  lockedSemaphore,
  fifoQueue,
  priorityQueues,
  delayedTasks,
  mailbox,
  groupChat,
  fileDistribution,
  aggregates,
  invertedIndex,
  golden,
];

export const waiting1: readonly Waiting[] = [
  {
    id: "A14",
    title: "Waiting until a replica has it on disk",
    chapter: 4,
    source: "4.3",
    errata: ["listing 4.3 waits as long as the link is up: its condition is the wrong way round."],
    waitsFor: "replication",
  },
  { id: "A15", title: "A failed master replaced", chapter: 4, source: "4.4", waitsFor: "replication" },
  { id: "A16", title: "A tree of replicas", chapter: 4, source: "figure 4.1", waitsFor: "replication" },
];
