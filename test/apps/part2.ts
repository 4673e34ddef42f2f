/** The applications of chapters 7, second half, to 11. */
import { searching } from "./b01_search.ts";
import { reindexing } from "./b02_reindexing.ts";
import { searchAndSorting } from "./b03_search_and_sort.ts";
import { searchAndScoring } from "./b04_search_and_zsort.ts";
import { stringScores } from "./b05_string_scores.ts";
import { adServer } from "./b06_ad_server.ts";
import { jobSearch } from "./b07_job_search.ts";
import { usersAndStatuses } from "./b08_users_and_statuses.ts";
import { timelines } from "./b09_timelines.ts";
import { following } from "./b10_following.ts";
import { posting } from "./b11_posting.ts";
import { streaming } from "./b12_streaming.ts";
import { encodings } from "./b13_encodings.ts";
import { rotation } from "./b14_rotation.ts";
import { shardedHash } from "./b15_sharded_hash.ts";
import { uniqueVisitors } from "./b16_unique_visitors.ts";
import { packedLocations } from "./b17_packed_locations.ts";
import { shardedConnections } from "./b20_sharded_connections.ts";
import { shardedSearch } from "./b21_sharded_search.ts";
import { shardedTimelines } from "./b22_sharded_timelines.ts";
import { scriptLoader } from "./b23_script_loader.ts";
import { scriptedStatuses } from "./b24_scripted_statuses.ts";
import { scriptedLock } from "./b25_scripted_lock.ts";
import { scriptedSemaphore } from "./b26_scripted_semaphore.ts";
import { scriptedAutocomplete } from "./b27_scripted_autocomplete.ts";
import { scriptedMarket } from "./b28_scripted_market.ts";
import { shardedList } from "./b29_sharded_list.ts";
import { blockingShardedList } from "./b30_blocking_sharded_list.ts";
import { valuesOfScripts } from "./b31_values_of_scripts.ts";
import { runawayScript } from "./b32_runaway_script.ts";
import { oneListQueue } from "./b33_one_list_queue.ts";
import type { Application, Waiting } from "./application.ts";

export const part2: readonly Application[] = [
  searching,
  reindexing,
  searchAndSorting,
  searchAndScoring,
  stringScores,
  adServer,
  jobSearch,
  usersAndStatuses,
  timelines,
  following,
  posting,
  streaming,
  encodings,
  rotation,
  shardedHash,
  uniqueVisitors,
  packedLocations,
  shardedConnections,
  shardedSearch,
  shardedTimelines,
  scriptLoader,
  scriptedStatuses,
  scriptedLock,
  scriptedSemaphore,
  scriptedAutocomplete,
  scriptedMarket,
  shardedList,
  blockingShardedList,
  valuesOfScripts,
  runawayScript,
  oneListQueue,
];

export const waiting2: readonly Waiting[] = [
  {
    id: "B18",
    title: "Reading from replicas and a tree of them",
    chapter: 10,
    source: "section 10.1",
    waitsFor: "replication",
  },
  {
    id: "B19",
    title: "A replica for queries, which writes their results",
    chapter: 10,
    source: "section 10.3.1",
    waitsFor: "replication",
  },
];
