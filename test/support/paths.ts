/** The paths of all values in it, such as `card.brand` or `tries.0.status`. What `isWhole` names is one value, and not gone into. */
export function pathsOf(
  value: unknown,
  isWhole: (value: object) => boolean = () => false,
  path = '',
): readonly string[] {
  if (typeof value !== 'object' || value === null || isWhole(value)) return [path];
  return Object.entries(value).flatMap(([key, part]) => pathsOf(part, isWhole, path === '' ? key : `${path}.${key}`));
}

/** A copy with another value at a path. */
export function withPart<Value>(value: Value, path: string, part: unknown): Value {
  const copy = structuredClone(value);
  const names = path.split('.');
  const last = names.pop() ?? '';
  const owner = names.reduce(
    (object, name) => object[name] as Record<string, unknown>,
    copy as Record<string, unknown>,
  );
  owner[last] = part;
  return copy;
}
