/** Error groups as Markdown, for an issue or a chat. */

/** Text that Markdown would read as markup, as code that it does not. */
function code(text) {
  const line = text.replaceAll(/\s+/g, " ");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest > 0 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** A block that no text can end: its fence is longer than any in it. */
function block(text, indent) {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, ...text.split("\n"), fence].map((line) => indent + line).join("\n");
}

function sample({ item, detail, id, url, excerpt }) {
  const facts = [detail && code(detail), id && `id ${code(id)}`, url && code(url)];
  return [
    `    - ${[code(item), ...facts.filter(Boolean)].join(", ")}`,
    excerpt && block(excerpt, "      "),
  ]
    .filter(Boolean)
    .join("\n");
}

function answer({ label, status, content_type: type, url, size, kept_at: at }) {
  return `    - ${code(label)}: ${status} ${code(type || "no type")}, ${size} bytes, ${code(url)}, ${at}`;
}

/** The days that had any, as "2026-11-28: 3". */
function days(trend) {
  return trend
    .filter(({ count }) => count > 0)
    .map(({ day, count }) => `${day}: ${count}`)
    .join(", ");
}

/** The groups as a Markdown list. */
export function asMarkdown(groups, period) {
  const entries = groups.map((group) =>
    [
      `- **${group.category}** × ${group.count}: ${code(group.message)}`,
      `  - first ${group.first_seen}, last ${group.last_seen}`,
      `  - per day: ${days(group.trend)}`,
      group.actor && `  - who must act: ${group.actor}`,
      group.request && `  - request: ${code(group.request)}`,
      `  - pairs: ${group.pairs.map(({ label, count }) => `${code(label)} (${count})`).join(", ")}`,
      group.samples.length > 0 && "  - rejected items:",
      ...group.samples.map(sample),
      group.answers.length > 0 && "  - answers kept:",
      ...group.answers.map(answer),
    ]
      .filter(Boolean)
      .join("\n"),
  );
  const words = period === 1 ? "24 hours" : `${period} days`;
  return `## City discovery: errors of the last ${words}\n\n${entries.join("\n")}\n`;
}
