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

const NUMBERS = {
  integer: { pattern: /^[+-]?\d+$/, fault: "This must be a whole number." },
  number: { pattern: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, fault: "This must be a number." },
};

/** As most of Europe writes it: 51,34. */
const DECIMAL_COMMA = /^([+-]?\d+),(\d+)$/;

function numberFrom(field, text) {
  const { pattern, fault } = NUMBERS[field.kind];
  const plain = field.kind === "number" ? text.replace(DECIMAL_COMMA, "$1.$2") : text;
  if (!pattern.test(plain)) {
    return { fault };
  }
  const value = Number(plain);
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
