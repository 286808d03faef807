/** With `fields`, an object of Box has its type, id and etag, and what was named; without, what Box shows anyway. */
export function selectBoxFields(value: Record<string, unknown>, fields: string | null): object {
  if (fields === null) return value;
  const wanted = ['type', 'id', 'etag', ...fields.split(',')];
  return Object.fromEntries(Object.entries(value).filter(([name]) => wanted.includes(name)));
}
