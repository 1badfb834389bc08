/** Web addresses as people paste them, and what a source may be called after its address. */

const BARE_HOST = /^[^\s/:?#@.]+(\.[^\s/:?#@.]+)+(:\d+)?([/?#]|$)/;

/** An address with its scheme: a bare host means https, and so does what calendars call webcal. */
export function webAddress(text) {
  const trimmed = text.trim();
  if (/^webcals?:\/\//i.test(trimmed)) {
    return trimmed.replace(/^webcals?/i, "https");
  }
  return BARE_HOST.test(trimmed) ? `https://${trimmed}` : trimmed;
}

/** The host of an address, without its port: "calendar.example.edu"; of none, the text itself. */
export function hostOf(url) {
  return (URL.canParse(url) && new URL(url).hostname) || url;
}

/** What a source may be called until somebody calls it otherwise. */
export function nameFor(url) {
  return hostOf(url).replace(/^www\./, "");
}
