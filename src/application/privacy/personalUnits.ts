import type { EncryptedGroup, FieldPolicy } from './fieldPolicy.ts';
import { encryptedUnits, fieldPolicy } from './fieldPolicy.ts';

/** A part of an event's `data` that can be encrypted. */
export type PersonalUnit = {
  readonly path: string;
  readonly group: EncryptedGroup;
  readonly byDefault: FieldPolicy['byDefault'];
};

const unitsByType: ReadonlyMap<string, readonly PersonalUnit[]> = new Map(
  Object.entries(fieldPolicy).map(([type, fields]) => [type, unitsOf(fields)]),
);

/** The parts of an event of this type that can be encrypted; none of most types. */
export function personalUnits(type: string): readonly PersonalUnit[] {
  return unitsByType.get(type) ?? [];
}

/** The data with what stands under a path changed; the same data where nothing, or null, stands there. */
export function changeAt(data: unknown, path: string, change: (value: unknown) => unknown): unknown {
  const [name = '', ...rest] = path.split('.');
  if (!isFields(data) || !Object.hasOwn(data, name)) return data;
  const value = data[name];
  if (value === null || value === undefined) return data;
  return { ...data, [name]: rest.length === 0 ? change(value) : changeAt(value, rest.join('.'), change) };
}

/**
 * The event without what is kept only encrypted, where the store does not encrypt it: so it never stands in a trail in the
 * clear, whatever the gateway was asked for.
 */
export function withoutUnencrypted<Event extends { readonly type: string; readonly data: unknown }>(
  event: Event,
  encrypts: readonly EncryptedGroup[],
): Event {
  const left = personalUnits(event.type).filter(
    ({ byDefault, group }) => byDefault === 'leftOut' && !encrypts.includes(group),
  );
  if (left.length === 0) return event;
  return {
    ...event,
    data: left.reduce<unknown>((data, { path }) => changeAt(data, path, () => undefined), event.data),
  };
}

function unitsOf(fields: Readonly<Record<string, FieldPolicy>>): readonly PersonalUnit[] {
  const units = new Map<string, PersonalUnit>();
  for (const [field, policy] of Object.entries(fields)) {
    if (policy.class !== 'personal' || policy.encryptedWith === null) continue;
    const { encryptedWith: group, byDefault } = policy;
    const path = encryptedUnits[group].find((unit) => field === unit || field.startsWith(`${unit}.`));
    if (path !== undefined) units.set(path, { path, group, byDefault });
  }
  return [...units.values()];
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
