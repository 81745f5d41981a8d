import * as z from 'zod';
import { PaymentMethodsError } from '../errors.ts';
import type { FieldCipher } from '../ports/fieldCipher.ts';
import type { RecordedEvent } from '../ports/eventStore.ts';
import type { PersonalUnit } from './personalUnits.ts';
import { changeAt, personalUnits } from './personalUnits.ts';

/** What an encrypted field is bound to: moved to another event or field, it does not open. */
export type FieldPlace = {
  readonly trail: string;
  readonly stream: string;
  readonly eventId: string;
  readonly customer: string;
};

/** So that a ciphertext tells its text's length only by steps: JSON may end with spaces. */
const paddedTo = 32;

/** As it stands in every event that holds an encrypted field. */
const spelled = '{"encrypted":"';

const customerShape = z.object({ customer: z.object({ id: z.string() }).nullish() });

/** True where the data may hold an encrypted field: quickly seen, and never false where it does. */
export function mayHoldEncrypted(data: string): boolean {
  return data.includes(spelled);
}

/** The customer that an event names, whose key its fields are encrypted under; null where it names none. */
export function customerNamedIn(data: unknown): string | null {
  const { customer } = customerShape.safeParse(data).data ?? {};
  return customer?.id ?? null;
}

/** The data with these units encrypted; `redacted` where there is no key. */
export function encryptUnits(
  data: unknown,
  units: readonly PersonalUnit[],
  key: Uint8Array | null,
  place: FieldPlace,
  cipher: FieldCipher,
): unknown {
  const encrypt = (path: string) => (value: unknown) => {
    if (key === null || value === 'redacted') return 'redacted';
    const text = JSON.stringify(value);
    const length = Math.ceil(new TextEncoder().encode(text).length / paddedTo) * paddedTo;
    const padded = text + ' '.repeat(length - new TextEncoder().encode(text).length);
    return { encrypted: cipher.encrypt(key, padded, contextOf(place, path)) };
  };
  return units.reduce((changed, { path }) => changeAt(changed, path, encrypt(path)), data);
}

/** The event's data with its encrypted units in the clear. Throws `EVENT_INVALID` where one is not of this key and place. */
export function decryptUnits(
  { data, eventId, type, trail, stream }: RecordedEvent,
  units: readonly PersonalUnit[],
  key: Uint8Array,
  cipher: FieldCipher,
): string {
  const parsed: unknown = JSON.parse(data);
  const place = { trail, stream, eventId, customer: customerNamedIn(parsed) ?? '' };
  const decrypt = (path: string) => (value: unknown) => {
    const encrypted = encryptedIn(value);
    if (encrypted === null) return value;
    const text = cipher.decrypt(key, encrypted, contextOf(place, path));
    if (text === null) throw notAuthentic(eventId, type, path);
    return JSON.parse(text) as unknown;
  };
  return JSON.stringify(units.reduce((changed, { path }) => changeAt(changed, path, decrypt(path)), parsed));
}

/** The data of an event of this type with `redacted` in place of each ciphertext. */
export function withRedacted(data: unknown, type: string): unknown {
  const redact = (value: unknown) => (encryptedIn(value) === null ? value : 'redacted');
  return personalUnits(type).reduce((changed, { path }) => changeAt(changed, path, redact), data);
}

function contextOf({ trail, stream, eventId, customer }: FieldPlace, path: string): string {
  return JSON.stringify(['attach-payment-method/field/1', trail, stream, eventId, customer, path]);
}

function encryptedIn(value: unknown): string | null {
  return typeof value === 'object' && value !== null && 'encrypted' in value && typeof value.encrypted === 'string'
    ? value.encrypted
    : null;
}

function notAuthentic(eventId: string, type: string, path: string): PaymentMethodsError {
  return new PaymentMethodsError(
    'EVENT_INVALID',
    `Event ${eventId} (${type}) holds a ciphertext at ${path} that was not made for it under its customer's key. Verify the trail; a key that was restored from another database opens nothing here.`,
    { details: { eventId, type, path } },
  );
}
