/**
 * Asking the server. The token of a login lives as long as the tab does, and is sent by this page and by nothing else.
 */

const TOKEN = "token";

/** The server wants a password. */
export class LoginNeeded extends Error {}
/** The server was not there, or refused. */
export class RequestFailed extends Error {}

export function setToken(token) {
  if (token === undefined) sessionStorage.removeItem(TOKEN);
  else sessionStorage.setItem(TOKEN, token);
}

async function send(path, options) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { ...options.headers };
  if (token !== null) headers.authorization = `Bearer ${token}`;
  let response;
  try {
    response = await fetch(`api/${path}`, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestFailed("The server cannot be reached.");
  }
  const value = await response.json().catch(() => ({ error: `The server answered ${response.status}.` }));
  if (response.status === 401) throw new LoginNeeded(value.error);
  if (!response.ok) throw new RequestFailed(value.error ?? `The server answered ${response.status}.`);
  return value;
}

export function get(path) {
  return send(path, { method: "GET" });
}

/** @param signal takes the request back */
export function post(path, body = {}, signal = undefined) {
  return send(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}
