/** The applications of chapters 1 to 7, first half. */
import { articleVoting } from "./a01_voting.ts";
import { articleGroups } from "./a02_groups.ts";
import { downVoting } from "./a03_down_voting.ts";
import type { Application, Waiting } from "./application.ts";

export const part1: readonly Application[] = [articleVoting, articleGroups, downVoting];

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
