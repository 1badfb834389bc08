/** How a venue is written. */

/** Where it is, as far as that is known: "Lipowa 3, Kraków". */
export function addressOf({ street, locality }) {
  return [street, locality].filter(Boolean).join(", ");
}

/** Its name and number, by which people and the command line name it. */
export function nameOf({ id, name }) {
  return `${name} (${id})`;
}
