import { PaymentMethodsError } from '../errors.ts';
import type { EncryptedGroup, FieldPolicy } from './fieldPolicy.ts';
import { encryptedUnits, fieldPolicy } from './fieldPolicy.ts';

/** A part of an event's `data` that can be encrypted. */
export type PersonalUnit = {
  readonly path: string;
  readonly group: EncryptedGroup;
  readonly byDefault: FieldPolicy['byDefault'];
};

const unitsByType: ReadonlyMap<string, readonly PersonalUnit[]> = new Map(
  Object.entries(fieldPolicy).flatMap(([type, fields]) => {
    const units = unitsOf(fields);
    return units.length === 0 ? [] : [[type, units] as const];
  }),
);

/** The parts of an event of this type that can be encrypted; none of most types. */
export function personalUnits(type: string): readonly PersonalUnit[] {
  return unitsByType.get(type) ?? [];
}

/**
 * The data with what stands under a path changed; the same data where nothing, or null, stands there. Throws `EVENT_INVALID`
 * where the path leads through something that has no fields, such as a list: nothing that is to be changed is passed over.
 */
export function changeAt(data: unknown, path: string, change: (value: unknown) => unknown): unknown {
  const [name = '', ...rest] = path.split('.');
  if (!isFields(data)) {
    throw new PaymentMethodsError(
      'EVENT_INVALID',
      `No field ${path} can be found, to encrypt it, in what is no object.`,
    );
  }
  if (!Object.hasOwn(data, name)) return data;
  const value = data[name];
  if (value === null || value === undefined) return data;
  return { ...data, [name]: rest.length === 0 ? change(value) : changeAt(value, rest.join('.'), change) };
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
