/** Copying to the clipboard. */

import { say } from "./toast.js";

/** Copy text; without https the browser's clipboard is not there, an older way is. */
async function copy(text) {
  if (navigator.clipboard && isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (!isCopied) {
    throw new Error("The browser does not allow it.");
  }
}

/** Copy a text, and say whether that worked. */
export async function copyAndSay(text, what) {
  try {
    await copy(text);
    say("success", `Copied ${what}`);
  } catch (error) {
    say("error", "Nothing was copied", error.message);
  }
}
