/**
 * The page: its head, its views, and the one loop that asks for numbers. It asks once a second while the page can be seen, and
 * not at all otherwise. What was measured is kept here, so the server remembers nothing for it.
 */
import { ClientsView, CommandsView, SlowLogView } from "./activity.js";
import { get, LoginNeeded, post, setToken } from "./api.js";
import { SPAN_MS } from "./charts.js";
import { ConsoleView } from "./console.js";
import { field, h, setShown, setText } from "./dom.js";
import { count, seconds } from "./format.js";
import { KeysView } from "./keys.js";
import { Overview } from "./overview.js";

const EVERY_MS = 1000;
const RETRY_MS = 2500;

const main = document.getElementById("main");
const status = document.getElementById("status");
const banner = document.getElementById("banner");
const logout = document.getElementById("logout");
const serverName = document.getElementById("server-name");

const keysView = new KeysView();
const overview = new Overview((database, key) => keysView.goTo(database, key));
const views = [
  overview,
  keysView,
  new ClientsView(),
  new SlowLogView(),
  new CommandsView(),
  new ConsoleView(),
];

let server;
let view;
let history = [];
let earlier;
let timer;
let isAsking = false;
let isLoggingIn = false;

// ---- what was measured ----------------------------------------------------------------------------------------

/** How much a counter grew a second; null when it was set back, or there is nothing to compare with. */
function rate(live, name) {
  if (earlier === undefined) return null;
  const grown = live.info[name] - earlier.info[name];
  return grown < 0 ? null : grown * 1000 / (live.at - earlier.at);
}

function keep(live) {
  // Another process has taken its place.
  if (earlier !== undefined && live.at < earlier.at) earlier = undefined;
  if (earlier === undefined) history = [];
  const { info, latency } = live;
  const hits = rate(live, "keyspace_hits");
  const misses = rate(live, "keyspace_misses");
  const cpu = earlier === undefined
    ? null
    : (rate(live, "used_cpu_sys") ?? 0) + (rate(live, "used_cpu_user") ?? 0);
  history.push({
    at: live.at,
    now: live.now,
    info,
    ops: rate(live, "total_commands_processed"),
    p50: latency?.p50 ?? null,
    p99: latency?.p99 ?? null,
    p999: latency?.p999 ?? null,
    hits,
    misses,
    hitRate: hits === null || misses === null || hits + misses === 0 ? null : hits / (hits + misses),
    bytesIn: rate(live, "total_net_input_bytes"),
    bytesOut: rate(live, "total_net_output_bytes"),
    memory: info.used_memory,
    clients: info.connected_clients,
    cpu,
  });
  while (history.length > 0 && live.at - history[0].at > SPAN_MS) history.shift();
  earlier = live;
}

// ---- the loop -------------------------------------------------------------------------------------------------

function schedule(ms) {
  clearTimeout(timer);
  if (!document.hidden && !isLoggingIn) timer = setTimeout(look, ms);
}

async function look() {
  if (isAsking) return;
  isAsking = true;
  const began = performance.now();
  let next = EVERY_MS;
  try {
    if (server !== undefined) show(await get("live"));
    else await meet();
  } catch (error) {
    if (error instanceof LoginNeeded) {
      showLogin();
    } else {
      next = RETRY_MS;
      server = undefined;
      setStatus("bad", "Not reached");
      showBanner("The server does not answer. This page goes on asking.");
    }
  } finally {
    isAsking = false;
  }
  schedule(Math.max(0, next - (performance.now() - began)));
}

/** Asks who the server is, and for the first numbers. */
async function meet() {
  const { live, ...described } = await get("server");
  if (described.needsLogin) return showLogin();
  server = described;
  setText(serverName, server.port > 0 ? `port ${server.port}` : server.socket);
  document.title = `redeno ${server.port > 0 ? server.port : ""}`.trim();
  setShown(logout, server.hasPassword);
  show(live);
}

function show(live) {
  keep(live);
  if (server.allowsWrites !== live.allowsWrites) {
    server.allowsWrites = live.allowsWrites;
    for (const each of views) each.meet?.(server);
  }
  const { info } = live;
  const up = seconds((live.now - server.startedAt) / 1000);
  if (info.loading === 1) showBanner(`Data is being loaded: ${info.loading_loaded_perc} %.`);
  else if (live.isBusy) {
    showBanner("A script runs for long: other commands are answered BUSY. The console can end it.");
  } else showBanner("");
  const ops = history.at(-1).ops;
  setStatus(
    info.loading === 1 || live.isBusy ? "warn" : "good",
    ops === null ? `up ${up}` : `${count(Math.round(ops))}/s · up ${up}`,
  );
  overview.fillDatabases(live.databases);
  keysView.fillDatabases(live.databases);
  view.tick?.(history, server);
}

function setStatus(kind, text) {
  if (status.className !== `status ${kind}`) status.className = `status ${kind}`;
  setText(status, text);
}

function showBanner(text) {
  setShown(banner, text !== "");
  setText(banner, text);
}

// ---- views ----------------------------------------------------------------------------------------------------

const tabs = views.map(({ name, id }) => h("a", { href: `#${id}`, "data-name": name }, name));
document.getElementById("views").append(...tabs);

function showView() {
  const [id = "", ...rest] = location.hash.slice(1).split("/");
  const wanted = views.find((each) => each.id === id) ?? overview;
  tabs.forEach((tab, i) => {
    if (views[i] === wanted) {
      tab.setAttribute("aria-current", "page");
      tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else tab.removeAttribute("aria-current");
  });
  if (isLoggingIn) return;
  const isOther = view !== wanted || main.firstElementChild !== wanted.element;
  view = wanted;
  if (isOther) {
    main.replaceChildren(wanted.element);
    scrollTo(0, 0);
  }
  wanted.show?.(rest);
  if (server !== undefined && history.length > 0) wanted.tick?.(history, server);
}

addEventListener("hashchange", showView);
document.addEventListener("visibilitychange", () => document.hidden ? clearTimeout(timer) : void look());

// ---- logging in -----------------------------------------------------------------------------------------------

function showLogin() {
  if (isLoggingIn) return;
  isLoggingIn = true;
  server = undefined;
  clearTimeout(timer);
  showBanner("");
  setStatus("", "");
  setShown(logout, false);
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const password = h("input", {
    type: "password",
    name: "password",
    autocomplete: "current-password",
    required: true,
  });
  const form = h(
    "form",
    {
      class: "panel login",
      onsubmit: async (event) => {
        event.preventDefault();
        const { user, password: secret } = Object.fromEntries(new FormData(form));
        try {
          const { token, error } = await post("login", { user, password: secret });
          if (token === undefined) throw new Error(error);
          setToken(token);
          isLoggingIn = false;
          showView();
          void look();
        } catch (error) {
          setText(problem, error.message);
          setShown(problem, true);
          password.select();
        }
      },
    },
    h("h2", {}, "Log in"),
    h("p", { class: "note" }, "With a user of this server and its password."),
    field(
      "User",
      h("input", { name: "user", value: "default", autocomplete: "username", spellcheck: "false" }),
    ),
    field("Password", password),
    problem,
    h("button", { class: "primary" }, "Log in"),
  );
  main.replaceChildren(form);
  password.focus();
}

logout.addEventListener("click", async () => {
  await post("logout").catch(() => {});
  setToken(undefined);
  history = [];
  earlier = undefined;
  showLogin();
});

showView();
void look();
