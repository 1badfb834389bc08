/** Dialogs: they hold the focus while open and give it back, and stay open while the page refreshes. */

import { h, React, Chakra } from "./host.js";
import { ErrorPanel } from "./loading.js";

const { Button, CloseButton, Dialog, Portal, Stack } = Chakra;

/** Give the focus back to where it was, since a dialog that is taken away cannot. */
function useFocusBack() {
  const [origin] = React.useState(() => document.activeElement);
  React.useEffect(
    () => () => {
      setTimeout(() => origin?.isConnected && origin.focus({ preventScroll: true }));
    },
    [],
  );
}

/** The frame of every dialog. Mounted is open. */
export function Modal({ title, size = "md", onClose, footer, children, onSubmit }) {
  useFocusBack();
  const content = React.useRef(null);
  const body = [
    h(Dialog.Header, { key: "header" }, h(Dialog.Title, null, title)),
    h(Dialog.Body, { key: "body" }, h(Stack, { gap: 4 }, children)),
    h(Dialog.Footer, { key: "footer", flexWrap: "wrap" }, footer),
  ];
  const submit = (event) => {
    event.preventDefault();
    event.stopPropagation();
    onSubmit();
  };
  return h(
    Dialog.Root,
    {
      open: true,
      size,
      scrollBehavior: "inside",
      // By autofocus alone, one dialog over another would begin with its first field.
      initialFocusEl: () => content.current?.querySelector("[data-autofocus]") ?? undefined,
      onOpenChange: ({ open }) => !open && onClose(),
    },
    h(
      Portal,
      null,
      h(Dialog.Backdrop),
      h(
        Dialog.Positioner,
        null,
        h(
          Dialog.Content,
          {
            ref: content,
            maxW: { base: "calc(100vw - 1rem)", md: size === "lg" ? "48rem" : "32rem" },
          },
          onSubmit
            ? h(
                "form",
                { onSubmit: submit, noValidate: true, style: { display: "contents" } },
                body,
              )
            : body,
          h(
            Dialog.CloseTrigger,
            { asChild: true },
            h(CloseButton, { size: "sm", "aria-label": "Close" }),
          ),
        ),
      ),
    ),
  );
}

/**
 * Ask before something is done that cannot be undone.
 * @param {{action: () => Promise<void>, isReady?: boolean}} props a failure of the action is shown,
 *   and the dialog stays; until it is ready it cannot be confirmed
 */
export function ConfirmDialog({
  title,
  confirm,
  danger = true,
  isReady = true,
  action,
  onClose,
  children,
}) {
  const [busy, setBusy] = React.useState(false);
  const [fault, setFault] = React.useState(null);
  const run = async () => {
    setBusy(true);
    setFault(null);
    try {
      await action();
      onClose();
    } catch (error) {
      setFault(error);
      setBusy(false);
    }
  };
  return h(
    Modal,
    {
      title,
      onClose,
      onSubmit: () => isReady && !busy && run(),
      footer: [
        h(Button, { key: "no", variant: "outline", onClick: onClose }, "Cancel"),
        h(
          Button,
          {
            key: "yes",
            type: "submit",
            colorPalette: danger ? "danger" : "brand",
            loading: busy,
            disabled: !isReady,
          },
          confirm,
        ),
      ],
    },
    fault && h(ErrorPanel, { title: "Nothing was changed" }, fault.message),
    children,
  );
}
