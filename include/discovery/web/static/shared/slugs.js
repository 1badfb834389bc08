/** Slugs: how cities and sources are named everywhere. The server checks the same (slugs.py). */

const SLUG_PATTERN = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const SLUG_LENGTH = 64;
/** Letters that are no letter with an accent. */
const LETTERS = { ß: "ss", ł: "l", ø: "o", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ı: "i" };

function cut(slug, length) {
  return slug.slice(0, length).replace(/-$/, "");
}

/** A name as a slug: "Kraków" → "krakow", "calendar.example.edu" → "calendar-example-edu". */
export function slugFor(name) {
  const plain = name
    .toLowerCase()
    .replace(/[ßłøđðþæœı]/g, (letter) => LETTERS[letter])
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "");
  return cut(plain, SLUG_LENGTH);
}

/** The same slug, or the first of "slug-2", "slug-3" … that nothing else has. */
export function freeSlug(slug, taken) {
  for (let number = 2, free = slug; ; number += 1) {
    if (!taken.includes(free)) {
      return free;
    }
    free = `${cut(slug, SLUG_LENGTH - 4)}-${number}`;
  }
}

/** What is wrong with a slug, if anything is. */
export function slugFault(slug) {
  if (slug.length > SLUG_LENGTH) {
    return `This must have at most ${SLUG_LENGTH} characters.`;
  }
  return SLUG_PATTERN.test(slug)
    ? undefined
    : "Only lower-case letters and digits, with single hyphens between them, such as city-library.";
}
