/** Entry: hands Airflow the component of the page. Airflow looks it up by the app's name. */

import { React, missing, h, MissingHost } from "./shared/host.js";

const page = missing.length === 0 ? React.lazy(() => import("./app.js")) : null;

function Discovery() {
  if (page === null) {
    return h ? h(MissingHost) : null;
  }
  return h(React.Suspense, { fallback: null }, h(page));
}

globalThis.Discovery = Discovery;
globalThis.AirflowPlugin = Discovery;
