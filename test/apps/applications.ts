/** Every application, in the order of the table. */
import type { Application, Waiting } from "./application.ts";
import { part1, waiting1 } from "./part1.ts";
import { part2, waiting2 } from "./part2.ts";
import { patterns } from "./patterns.ts";

export const applications: readonly Application[] = [...part1, ...part2, ...patterns];
export const waiting: readonly Waiting[] = [...waiting1, ...waiting2];
