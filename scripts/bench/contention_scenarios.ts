/** The scenarios by name. */
import { autocompleteScenario } from "./contention_autocomplete.ts";
import { lockScenario } from "./contention_lock.ts";
import { marketScenario } from "./contention_market.ts";
import type { Scenario } from "./contention_scenario.ts";

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  lock: lockScenario,
  autocomplete: autocompleteScenario,
  market: marketScenario,
};
