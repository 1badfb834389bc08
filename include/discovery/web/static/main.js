/** Entry: hands Airflow the component of the page. Airflow looks it up by the app's name. */

/** The page's modules; the server fills the list in. */
const MODULES = [];

// All at once: each would otherwise be asked for only after the one that imports it has come.
for (const name of MODULES) {
  const link = document.createElement("link");
  link.rel = "modulepreload";
  link.href = new URL(name, import.meta.url).href;
  document.head.append(link);
}

const { React, Router, missing, h, MissingHost } = await import("./shared/host.js");

const loading = missing.length === 0 ? import("./app.js") : null;
const page = loading && React.lazy(() => loading);

let isSettled = false;

/**
 * Airflow mounts a page anew when its address changes for the first time: the first filter would
 * lose the focus, and the first choice in a menu would close it. So that is made to happen before
 * anything is shown.
 */
function Settled() {
  const [, setParams] = Router.useSearchParams();
  React.useEffect(() => {
    if (!isSettled) {
      isSettled = true;
      setParams((params) => params, { replace: true });
    }
  }, []);
  return isSettled ? h(React.Suspense, { fallback: null }, h(page)) : null;
}

function Discovery() {
  if (page === null) {
    return h ? h(MissingHost) : null;
  }
  return h(Settled);
}

globalThis.Discovery = Discovery;
globalThis.AirflowPlugin = Discovery;
