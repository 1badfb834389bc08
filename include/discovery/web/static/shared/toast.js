/** Short messages after an action, where Airflow shows its own. */

import { h, Chakra } from "./host.js";

const { Toast, Toaster, createToaster } = Chakra;

const toaster = createToaster({ placement: "bottom-end", pauseOnPageIdle: true });

const BRIEF_MS = 5_000;
const LONG_MS = 15_000;

/**
 * Say that something worked ("success"), did but not as meant ("warning"), or did not ("error"); a
 * description takes time to read.
 */
export function say(type, title, description) {
  const duration = description ? LONG_MS : BRIEF_MS;
  toaster.create({ type, title, description, duration, closable: true });
}

/** Where the messages appear; once on the page. */
export function Toasts() {
  return h(Toaster, { toaster, insetInline: { mdDown: "4" } }, (toast) =>
    h(
      Toast.Root,
      { width: { md: "sm" } },
      h(Toast.Indicator),
      h(
        Chakra.Stack,
        { gap: 1, flex: 1, maxW: "100%" },
        h(Toast.Title, null, toast.title),
        toast.description && h(Toast.Description, null, toast.description),
      ),
      h(Toast.CloseTrigger),
    ),
  );
}
