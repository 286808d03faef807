/** Every field of an object's JSON schema, fields of inner objects as `outer.inner`, of list elements as `list[].inner`. */
export function describeFields(schema, prefix = '') {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const optional = schema.required?.includes(key) ? '' : ', may be absent';
    const name = `${prefix}${key}`;
    const self = { name, type: `${typeText(field)}${optional}`, description: field.description ?? '' };
    const inner = objectIn(field);
    const list = field.items === undefined ? undefined : objectIn(field.items);
    return [
      self,
      ...(inner ? describeFields(inner, `${name}.`) : []),
      ...(list ? describeFields(list, `${name}[].`) : []),
    ];
  });
}

/** The object that a field is, or may be beside null. */
function objectIn(field) {
  if (field.oneOf?.every((option) => option.properties)) return mergedObject(field.oneOf);
  return field.properties ? field : field.anyOf?.find((option) => option.properties);
}

/** Objects of which there is one, with the fields of all; what tells them apart has the values of all. */
function mergedObject(options) {
  const names = [...new Set(options.flatMap(({ properties }) => Object.keys(properties)))];
  const properties = names.map((name) => {
    const fields = options.flatMap((option) => option.properties[name] ?? []);
    const values = fields.flatMap((field) => field.const ?? []);
    const description = fields.map((field) => field.description).join(' ');
    return [name, values.length > 1 ? { enum: values, description } : fields[0]];
  });
  const required = names.filter((name) => options.every((option) => option.required?.includes(name)));
  return { properties: Object.fromEntries(properties), required };
}

/** What values a schema admits, in a few words. */
export function typeText(schema) {
  if (schema.oneOf) return [...new Set(schema.oneOf.map(typeText))].join(' or ');
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' or ');
  if (Array.isArray(schema.type))
    return schema.type.map((type) => typeText({ ...schema, type })).join(' or ');
  if ('const' in schema) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum && schema.enum.length <= 8) return schema.enum.map((value) => `\`${value}\``).join(', ');
  switch (schema.type) {
    case 'string':
      return stringText(schema);
    case 'integer':
      return `whole number${rangeText(schema)}`;
    case 'number':
      return `number${rangeText(schema)}`;
    case 'array':
      return `list of ${typeText(schema.items)}`;
    default:
      return schema.type ?? 'anything';
  }
}

function stringText({ format, maxLength, minLength, enum: values }) {
  if (values) return 'text';
  if (format === 'uuid') return 'UUID';
  if (format === 'date-time') return 'instant';
  if (maxLength !== undefined && minLength > 0) return `text of ${minLength} to ${maxLength} characters`;
  if (maxLength !== undefined) return `text of at most ${maxLength} characters`;
  return 'text';
}

function rangeText({ minimum, exclusiveMinimum, maximum }) {
  const least = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + 1);
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (least !== undefined && most !== undefined) return `, ${groupDigits(least)} to ${groupDigits(most)}`;
  if (least !== undefined) return `, at least ${groupDigits(least)}`;
  return most === undefined ? '' : `, at most ${groupDigits(most)}`;
}

/** 1 000 000 is easier to read than 1000000, and a narrow no-break space keeps it together. */
function groupDigits(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}
