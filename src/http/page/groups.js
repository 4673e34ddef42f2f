/** The consumer groups of a stream as a table: a row for each, and below it one for each of its consumers. */
import { h } from "./dom.js";
import { exact, seconds } from "./format.js";
import { itemCell } from "./value_types.js";

const HEADS = ["Group", "Pending", "Last delivered", "Lag"];

/** @param inAll how many groups there are; those that are given may be fewer */
export function groupsTable(groups, inAll) {
  const rows = groups.flatMap((
    group,
  ) => [groupRow(group), ...group.consumers.map(consumerRow), moreRow(group)]);
  const rest = inAll - groups.length;
  return h(
    "div",
    { class: "scroll groups", tabindex: "0", role: "region", "aria-label": "Groups" },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, HEADS.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rows.filter((row) => row !== undefined)),
    ),
    rest > 0 ? h("p", { class: "note" }, `and ${exact(rest)} more`) : undefined,
  );
}

function groupRow({ name, pending, lastId, lag }) {
  return h(
    "tr",
    {},
    h("td", {}, itemCell(name)),
    h("td", {}, exact(pending)),
    h("td", { class: "mono" }, lastId),
    h("td", {}, lag === null ? "unknown" : exact(lag)),
  );
}

function consumerRow({ name, pending, idle }) {
  return h(
    "tr",
    { class: "consumer" },
    h("td", {}, itemCell(name)),
    h("td", {}, exact(pending)),
    h("td", { colspan: "2" }, `idle for ${seconds(Math.floor(idle / 1000))}`),
  );
}

function moreRow({ consumers, consumersInAll }) {
  const rest = consumersInAll - consumers.length;
  if (rest <= 0) return undefined;
  return h("tr", { class: "consumer" }, h("td", { colspan: "4" }, `and ${exact(rest)} more`));
}
