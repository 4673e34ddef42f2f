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
];

export const waiting1: readonly Waiting[] = [
  {
    id: "A14",
    title: "Waiting until a replica has it on disk",
    chapter: 4,
    source: "4.3",
    waitsFor: "replication",
  },
  { id: "A15", title: "A failed master replaced", chapter: 4, source: "4.4", waitsFor: "replication" },
  { id: "A16", title: "A tree of replicas", chapter: 4, source: "figure 4.1", waitsFor: "replication" },
];
