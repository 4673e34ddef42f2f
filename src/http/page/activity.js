/** Three tables: who is connected, which calls were slow, which commands are used. Asked for while they are looked at. */
import { get, post } from "./api.js";
import { ask, h, panel, setText, toast } from "./dom.js";
import { bytes, clientFields, exact, micros, moment, percent, seconds, shownInLine } from "./format.js";
import { Table } from "./tables.js";

const EVERY_MS = 2000;

/** What the three have in common: they ask again every two seconds. */
class TableView {
  #askedAt = 0;
  #asking = false;

  show() {
    this.#askedAt = 0;
  }

  tick(history, server) {
    const now = performance.now();
    if (this.#asking || (this.#askedAt !== 0 && now - this.#askedAt < EVERY_MS)) return;
    void this.#ask(now, history, server);
  }

  async #ask(now, history, server) {
    this.#asking = true;
    this.#askedAt = now;
    try {
      this.fill(await get(this.path), history, server);
    } catch {
      // The header says what is wrong.
    } finally {
      this.#asking = false;
    }
  }
}

export class ClientsView extends TableView {
  name = "Clients";
  id = "clients";
  path = "clients";

  constructor() {
    super();
    this.note = h("span", { class: "note" });
    this.canKill = false;
    const number = (name, field, text = exact) => ({
      name,
      isNumber: true,
      value: (row) => Number(row[field]),
      text: (row) => text(Number(row[field])),
    });
    this.table = new Table({
      label: "Clients",
      key: (row) => row.id,
      sort: { column: 0, falls: false },
      columns: [
        { ...number("Id", "id", String), isNumber: false },
        { name: "Address", value: (row) => row.addr, text: (row) => row.addr, class: "mono" },
        { name: "Name", value: (row) => row.name, text: (row) => row.name },
        { name: "Library", value: (row) => row["lib-name"], text: libraryOf },
        {
          name: "Command",
          value: (row) => row.cmd,
          text: (row) => row.cmd === "NULL" ? "–" : row.cmd,
          class: "mono",
        },
        number("Database", "db", String),
        number("Connected", "age", seconds),
        number("Idle", "idle", seconds),
        { name: "Doing", value: doing, text: doing },
        number("Memory", "tot-mem", bytes),
        {
          name: "",
          class: "row-actions",
          cell: (row) => this.#killButton(row),
          change: (cell) => cell.firstElementChild.hidden = !this.canKill,
        },
      ],
    });
    this.element = panel("Clients", { class: "whole", aside: this.note }, this.table.element);
  }

  fill({ count, lines }, _history, server) {
    this.canKill = server.allowsWrites;
    setText(
      this.note,
      count > lines.length
        ? `the latest ${exact(lines.length)} of ${exact(count)}`
        : `${exact(count)} connected`,
    );
    this.table.update(lines.map(clientFields));
  }

  #killButton(row) {
    return h("button", { type: "button", class: "quiet small", onclick: () => this.#kill(row) }, "Close");
  }

  async #kill({ id, addr, name }) {
    const sure = await ask("Close this client?", {
      text: `${addr} ${name}`,
      action: "Close it",
      isDangerous: true,
    });
    if (sure === undefined) return;
    try {
      const { done, error } = await post("clients/kill", { id: Number(id) });
      toast(error ?? (done ? "The client was closed." : "The client was gone already."));
      this.show();
    } catch (error) {
      toast(error.message, "bad");
    }
  }
}

function libraryOf(row) {
  return [row["lib-name"], row["lib-ver"]].filter((text) => text !== undefined && text !== "").join(" ");
}

/** What the flags and subscriptions of a client mean. */
function doing(row) {
  const found = [];
  if (row.flags.includes("b")) found.push("waits");
  if (row.flags.includes("O")) found.push("monitors");
  if (Number(row.multi) >= 0) found.push("transaction");
  const subscriptions = Number(row.sub) + Number(row.psub) + Number(row.ssub ?? 0);
  if (subscriptions > 0) found.push(`${subscriptions} subscriptions`);
  if (row.flags.includes("t")) found.push("tracks");
  return found.join(", ");
}

export class SlowLogView extends TableView {
  name = "Slow log";
  id = "slowlog";
  path = "slowlog";

  constructor() {
    super();
    this.note = h("span", { class: "note" });
    this.table = new Table({
      label: "Slow calls",
      key: (row) => row.id,
      empty: "No call was slow.",
      columns: [
        { name: "When", value: (row) => row.id, text: (row) => moment(row.at * 1000), class: "time" },
        {
          name: "Took",
          isNumber: true,
          value: (row) => row.microseconds,
          text: (row) => micros(row.microseconds),
        },
        {
          name: "Command",
          value: (row) => row.args.join(" "),
          text: (row) => row.args.map(shownInLine).join(" "),
          class: "mono command",
        },
        {
          name: "Client",
          value: (row) => row.address,
          text: (row) => [row.address, row.name].join(" ").trim(),
          class: "mono",
        },
      ],
    });
    this.eventsNote = h("span", { class: "note" });
    this.events = new Table({
      label: "Latency events",
      key: (row) => row.name,
      empty: "Nothing took long.",
      columns: [
        { name: "Event", value: (row) => row.name, text: (row) => row.name, class: "mono" },
        { name: "Latest", value: (row) => row.at, text: (row) => moment(row.at * 1000) },
        { name: "Took", isNumber: true, value: (row) => row.ms, text: (row) => micros(row.ms * 1000) },
        { name: "Worst", isNumber: true, value: (row) => row.maxMs, text: (row) => micros(row.maxMs * 1000) },
        {
          name: "Seconds kept",
          isNumber: true,
          value: (row) => row.samples,
          text: (row) => exact(row.samples),
        },
      ],
    });
    this.element = h(
      "div",
      { class: "stack" },
      panel("Slow log", { aside: this.note }, this.table.element),
      panel("Latency monitor", { aside: this.eventsNote }, this.events.element),
    );
  }

  fill({ slowerThan, count, entries, monitorsFromMs, events }) {
    const threshold = slowerThan < 0 ? "it is off" : `calls of ${micros(slowerThan)} and more`;
    setText(this.note, `${exact(count)} kept, ${threshold}`);
    this.table.update(entries);
    const monitored = monitorsFromMs === 0
      ? "off: latency-monitor-threshold is 0"
      : `events of ${micros(monitorsFromMs * 1000)} and more`;
    setText(this.eventsNote, monitored);
    this.events.update(events);
  }
}

export class CommandsView extends TableView {
  name = "Commands";
  id = "commands";
  path = "commands";

  constructor() {
    super();
    this.note = h("span", { class: "note" });
    const number = (name, field, text = exact) => ({
      name,
      isNumber: true,
      value: (row) => row[field],
      text: (row) => text(row[field]),
    });
    this.table = new Table({
      label: "Commands",
      key: (row) => row.name,
      sort: { column: 2, falls: true },
      empty: "Nothing was called yet.",
      columns: [
        {
          name: "Command",
          value: (row) => row.name,
          text: (row) => row.name.replace("|", " ").toUpperCase(),
          class: "mono",
        },
        number("Calls", "calls"),
        number("Share of time", "share", percent),
        number("Mean", "mean", micros),
        number("p50", "p50", micros),
        number("p99", "p99", micros),
        number("Failed", "failed"),
        number("Refused", "rejected"),
      ],
    });
    this.element = panel("Commands", { class: "whole", aside: this.note }, this.table.element);
  }

  fill(rows) {
    const all = rows.reduce((sum, [, , time]) => sum + time, 0);
    setText(this.note, `${exact(rows.length)} kinds, ${micros(all)} in all`);
    this.table.update(rows.map(([name, calls, time, p50, p99, failed, rejected]) => ({
      name,
      calls,
      share: all === 0 ? 0 : time / all,
      mean: calls === 0 ? NaN : time / calls,
      p50: calls === 0 ? NaN : p50,
      p99: calls === 0 ? NaN : p99,
      failed,
      rejected,
    })));
  }
}
