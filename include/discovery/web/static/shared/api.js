/** The way to the server: JSON, relative to Airflow's base path, with errors as they are shown. */

/** A refused or failed request. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 when no answer came
   * @param {string} message one line for people
   * @param {object} body the answer's JSON, if it was JSON
   */
  constructor(status, message, body = {}) {
    super(message);
    this.status = status;
    this.body = body;
  }

  /** Faults by field path ("settings.url"), for the form that caused them; "" is the whole form. */
  get fields() {
    const faults = Array.isArray(this.body.errors) ? this.body.errors : [];
    return Object.fromEntries(faults.map(({ path, message }) => [path.join("."), message]));
  }
}

const WORDS = {
  403: "You do not have the permission to do this.",
  404: "This does not exist, or not any more.",
  409: "Somebody else changed this in the meantime.",
  422: "Some values are not accepted.",
  503: "The service is not available at the moment.",
  504: "No answer came in time.",
};

function explain(status, body) {
  const { detail } = body;
  if (typeof detail === "string" && detail !== "") {
    return detail;
  }
  return WORDS[status] ?? `The server answered with an error (${status}).`;
}

/** An absolute URL of a path below Airflow's base path, whatever that is. */
export function urlOf(path) {
  return new URL(path, document.baseURI);
}

/** Airflow sends only its own requests to the login page; ours are sent by us. */
function toLogin() {
  const login = urlOf("api/v2/auth/login");
  login.searchParams.set("next", location.href);
  location.replace(login);
  return new Promise(() => {});
}

/** What the text says as JSON; nothing where it is none, as from a proxy. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function exchange(method, path, body, signal) {
  try {
    const answer = await fetch(urlOf(path), {
      method,
      signal,
      credentials: "same-origin",
      headers: {
        accept: "application/json",
        // Tells the audit log that a person on the page did it, and not a program.
        "x-requested-with": "City Discovery",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { answer, text: await answer.text() };
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw new ApiError(0, "Airflow does not answer. Is the API server running?");
  }
}

async function request(method, path, body, signal) {
  const { answer, text } = await exchange(method, path, body, signal);
  const json = parsed(text);
  if (answer.ok) {
    return json;
  }
  const expired = answer.status === 403 && /invalid jwt/i.test(text);
  if (answer.status === 401 || expired) {
    return toLogin();
  }
  throw new ApiError(answer.status, explain(answer.status, json), json);
}

const OURS = "discovery/api/";

export const api = {
  // A signal ends the wait for the answer: then its error is thrown.
  get: (path, signal) => request("GET", OURS + path, undefined, signal),
  post: (path, body, signal) => request("POST", OURS + path, body, signal),
  put: (path, body) => request("PUT", OURS + path, body),
  remove: (path) => request("DELETE", OURS + path),
};

/**
 * Trigger the DAG through Airflow's public API: Airflow checks the permission and the parameters,
 * and writes its audit log.
 */
export function trigger(conf) {
  return request("POST", "api/v2/dags/city_discovery/dagRuns", { logical_date: null, conf });
}

/** A path with a query; null and undefined are left out. */
export function withQuery(path, query) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  return `${path}?${new URLSearchParams(given)}`;
}
