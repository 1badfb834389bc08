/**
 * A connector's settings schema (JSON schema, as pydantic writes it) as fields of a form. Fields hold
 * text until the form is sent; an empty one is not sent at all, so that its default stays in force.
 */

/** @typedef {{name: string, kind: string, label: string, help?: string, fallback?: unknown,
 *   options?: unknown[], min?: number, above?: number, max?: number, required: boolean}} Field */

function resolve(schema, defs) {
  if (schema.$ref) {
    const { $ref, ...beside } = schema;
    return { ...resolve(defs[$ref.split("/").at(-1)] ?? {}, defs), ...beside };
  }
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  const real = choices?.filter(({ type }) => type !== "null");
  if (real?.length === 1) {
    const { anyOf, oneOf, allOf, ...beside } = schema;
    return { ...resolve(real[0], defs), ...beside };
  }
  return schema;
}

function kindOf(schema, defs) {
  if (schema.enum || "const" in schema) {
    return "choice";
  }
  if (schema.type === "array" && resolve(schema.items ?? {}, defs).type === "string") {
    return "lines";
  }
  return (
    { boolean: "choice", integer: "integer", number: "number", string: "text" }[schema.type] ??
    "json"
  );
}

const ABBREVIATIONS = /\b(url|mb|id|api)\b/gi;

function words(name) {
  const text = name.replaceAll("_", " ").replace(ABBREVIATIONS, (found) => found.toUpperCase());
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The label that somebody gave, else the name as words: pydantic's own titles are neither. */
function labelOf(name, title = "") {
  const isGiven = title.toLowerCase() !== name.replaceAll("_", " ").toLowerCase();
  return title && isGiven ? title : words(name);
}

/** @returns {Field[]} those that are needed first */
export function fieldsOf(schema) {
  const defs = schema.$defs ?? {};
  const fields = Object.entries(schema.properties ?? {}).map(([name, raw]) => {
    const property = resolve(raw, defs);
    const kind = kindOf(property, defs);
    return {
      name,
      kind,
      label: labelOf(name, raw.title),
      help: property.description,
      fallback: property.default,
      options:
        kind === "choice"
          ? (property.enum ?? (property.type === "boolean" ? [true, false] : [property.const]))
          : undefined,
      min: property.minimum,
      above: property.exclusiveMinimum,
      max: property.maximum ?? property.exclusiveMaximum,
      required: (schema.required ?? []).includes(name),
    };
  });
  return fields.sort((one, other) => Number(other.required) - Number(one.required));
}

/** A value as its field shows it. */
export function toText(field, value) {
  if (value === null || value === undefined) {
    return "";
  }
  if (field.kind === "lines" && Array.isArray(value)) {
    return value.join("\n");
  }
  return typeof value === "string"
    ? value
    : JSON.stringify(value, null, field.kind === "json" ? 2 : 0);
}

/** A value as words: for "default: …". */
export function inWords(value) {
  if (value === true || value === false) {
    return value ? "yes" : "no";
  }
  if (value === null || value === undefined || value === "" || value.length === 0) {
    return "none";
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

const FAULTS = {
  integer: "This must be a whole number, such as 1000 or 1,000.",
  number: "This must be a number, such as 51.34 or 1000.",
};
const PLAIN = {
  integer: /^[+-]?\d+$/,
  number: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
};

/** What people write between thousands; the spaces are those of different widths. */
const THOUSANDS = [",", ".", " ", "\u00a0", "\u202f", "'", "’"];

/** The sign and digits of a whole number in groups of three; undefined where it is none. */
function grouped(text, marks) {
  const mark = marks.find((each) => text.includes(each));
  const [first, ...groups] = text.split(mark);
  const isGrouped =
    mark !== undefined &&
    /^[+-]?[1-9]\d{0,2}$/.test(first) &&
    groups.every((group) => /^\d{3}$/.test(group));
  return isGrouped ? first + groups.join("") : undefined;
}

/** The same of a number with a mark before its decimals, and perhaps another between its thousands. */
function decimal(text, mark) {
  const [whole, part, more] = text.split(mark);
  if (more !== undefined || part === undefined || !/^\d+$/.test(part)) {
    return undefined;
  }
  const others = THOUSANDS.filter((each) => each !== mark);
  const digits = PLAIN.integer.test(whole) ? whole : grouped(whole, others);
  return digits === undefined ? undefined : `${digits}.${part}`;
}

/** All that a text may mean as a number in a kind of field. */
function readings(kind, text) {
  if (PLAIN[kind].test(text)) {
    return [Number(text)];
  }
  const found =
    kind === "integer"
      ? [grouped(text, THOUSANDS)]
      : [grouped(text, THOUSANDS), decimal(text, ","), decimal(text, ".")];
  return [...new Set(found.filter((digits) => digits !== undefined).map(Number))];
}

function isWithin({ min, above, max }, value) {
  return !(value <= above || value < min || value > max);
}

function numberFrom(field, text) {
  const found = readings(field.kind, text);
  if (found.length === 0) {
    return { fault: FAULTS[field.kind] };
  }
  // 51,340 cannot be a latitude of 51 thousand: what the field does not allow is not meant.
  const allowed = found.filter((value) => isWithin(field, value));
  if (allowed.length > 1) {
    const [thousands, fraction] = allowed;
    return { fault: `This may mean ${thousands} or ${fraction}: write it without a comma.` };
  }
  const [value] = allowed.length === 1 ? allowed : found;
  if (value <= field.above) {
    return { fault: `This must be more than ${field.above}.` };
  }
  if (value < field.min) {
    return { fault: `This must be at least ${field.min}.` };
  }
  if (value > field.max) {
    return { fault: `This must be at most ${field.max}.` };
  }
  return { value };
}

/**
 * What the text of a field means.
 * @returns {{value?: unknown, fault?: string}} neither: the field is empty
 */
export function fromText(field, text) {
  const trimmed = text.trim();
  if (trimmed === "") {
    return {};
  }
  switch (field.kind) {
    case "integer":
    case "number":
      return numberFrom(field, trimmed);
    case "choice":
      return { value: field.options.find((option) => toText(field, option) === text) };
    case "lines":
      return {
        value: trimmed
          .split("\n")
          .map((line) => line.trim())
          .filter(Boolean),
      };
    case "json":
      try {
        return { value: JSON.parse(trimmed) };
      } catch {
        return { fault: "This is not valid JSON." };
      }
    default:
      return { value: trimmed };
  }
}
