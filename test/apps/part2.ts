/** The applications of chapters 7 to 11. */
import type { Application, Waiting } from "./application.ts";

export const part2: readonly Application[] = [];

export const waiting2: readonly Waiting[] = [];
