/** Deleting, once somebody has confirmed it. */

import { h } from "./host.js";
import { api } from "./api.js";
import { ConfirmDialog } from "./dialogs.js";
import { reloadAll } from "./resource.js";
import { say } from "./toast.js";

/** Ask, delete, say so. `path` is the API's, without the version. */
export function DeleteDialog({ what, path, version, onClose, onDone, children }) {
  const action = async () => {
    const separator = path.includes("?") ? "&" : "?";
    await api.remove(`${path}${separator}version=${version}`);
    say("success", `${what} is deleted`);
    onDone?.();
    reloadAll();
  };
  return h(
    ConfirmDialog,
    { title: `Delete ${what}?`, confirm: "Delete", action, onClose },
    children,
  );
}
