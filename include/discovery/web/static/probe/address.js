/** Web addresses as people paste them, and what a source may be called after its address. */

const SLUG_PATTERN = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const SLUG_LENGTH = 64;
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

/** A name as a slug: "calendar.example.edu" → "calendar-example-edu". */
export function slugFor(name) {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, SLUG_LENGTH)
    .replace(/-$/, "");
}

/** What is wrong with a slug, if anything is; the server checks the same (slugs.py). */
export function slugFault(slug) {
  if (slug.length > SLUG_LENGTH) {
    return `This must have at most ${SLUG_LENGTH} characters.`;
  }
  return SLUG_PATTERN.test(slug)
    ? undefined
    : "Only lower-case letters and digits, with single hyphens between them, as city-library.";
}
