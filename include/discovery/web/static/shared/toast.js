/** Short messages after an action, where Airflow shows its own. */

import { h, Chakra } from "./host.js";
import { AirflowLink } from "./query.js";

const { Toast, Toaster, createToaster } = Chakra;

const toaster = createToaster({ placement: "bottom-end", pauseOnPageIdle: true });

const BRIEF_MS = 5_000;
const LONG_MS = 15_000;

/**
 * Say that something worked ("success"), did but not as meant ("warning"), or did not ("error"); what
 * has more than a title takes time to read.
 * @param {{undo?: () => void, link?: {path: string, label: string}}} more `undo` takes back what was
 *   done; `link` leads to a page of Airflow
 */
export function say(type, title, description, { undo, link } = {}) {
  const duration = description || undo || link ? LONG_MS : BRIEF_MS;
  const action = undo && { label: "Undo", onClick: undo };
  toaster.create({ type, title, description, duration, action, closable: true, meta: { link } });
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
        h(Toast.Title, { maxH: "6lh", overflowY: "auto", overflowWrap: "anywhere" }, toast.title),
        toast.description &&
          h(
            Toast.Description,
            { maxH: "6lh", overflowY: "auto", tabIndex: 0, overflowWrap: "anywhere" },
            toast.description,
          ),
        toast.meta?.link &&
          h(
            AirflowLink,
            { path: `/${toast.meta.link.path}`, color: "inherit", textDecoration: "underline" },
            toast.meta.link.label,
          ),
      ),
      toast.action && h(Toast.ActionTrigger, null, toast.action.label),
      h(Toast.CloseTrigger),
    ),
  );
}
