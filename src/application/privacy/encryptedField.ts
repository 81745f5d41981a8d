import * as z from 'zod';
import { PaymentMethodsError } from '../errors.ts';
import type { NewEvent, RecordedEvent } from '../ports/eventStore.ts';
import type { FieldCipher } from '../ports/fieldCipher.ts';
import type { CustomerKey } from '../ports/keyProvider.ts';
import type { Ciphertext } from './ciphertexts.ts';
import { isCiphertext } from './ciphertexts.ts';
import type { PersonalUnit } from './personalUnits.ts';
import { changeAt } from './personalUnits.ts';

/** What an encrypted field is bound to, with its key and its path: moved anywhere else, it does not open. */
type FieldPlace = {
  readonly trail: string;
  readonly stream: string;
  readonly eventId: string;
  /** of the event, as it was written: an upcaster may take a field elsewhere later */
  readonly schemaVersion: number;
  readonly customer: string;
};

/** So that a ciphertext tells its text's length only by steps: JSON may end with spaces. */
const paddedTo = 32;

const customerShape = z.object({ customer: z.object({ id: z.string() }).nullish() });
const versionShape = z.object({ schemaVersion: z.number() });

/** The customer that an event names, whose key its fields are encrypted under; null where it names none. */
export function customerNamedIn(data: unknown): string | null {
  const { customer } = customerShape.safeParse(data).data ?? {};
  return customer?.id ?? null;
}

/** The event with these units of its data encrypted; `redacted` where there is no key. */
export function encryptUnits(
  event: NewEvent,
  units: readonly PersonalUnit[],
  key: CustomerKey | null,
  { trail, stream }: Pick<RecordedEvent, 'trail' | 'stream'>,
  cipher: FieldCipher,
): NewEvent {
  const data: unknown = JSON.parse(event.data);
  const place = placeOf({ ...event, trail, stream }, data);
  const encrypt = (path: string) => (value: unknown) => {
    if (key === null || value === 'redacted') return 'redacted';
    const text = JSON.stringify(value);
    const { length } = new TextEncoder().encode(text);
    const padded = text + ' '.repeat(Math.ceil(length / paddedTo) * paddedTo - length);
    return { encrypted: cipher.encrypt(key.key, padded, contextOf(place, key.keyId, path)), key: key.keyId };
  };
  const encrypted = units.reduce((changed, { path }) => changeAt(changed, path, encrypt(path)), data);
  return { ...event, data: JSON.stringify(encrypted) };
}

/**
 * The event's data with its encrypted fields in the clear, and `redacted` for those that were encrypted under another key of
 * the customer's, which was lost. Throws `EVENT_INVALID` where one names this key and was not made with it, for its place.
 */
export function decryptFields(event: RecordedEvent, { keyId, key }: CustomerKey, cipher: FieldCipher): string {
  const data: unknown = JSON.parse(event.data);
  const place = placeOf(event, data);
  const decrypt = (found: Ciphertext, path: string) => {
    if (found.key !== keyId) return 'redacted';
    const text = cipher.decrypt(key, found.encrypted, contextOf(place, keyId, path));
    if (text === null) throw notAuthentic(event, path);
    return JSON.parse(text) as unknown;
  };
  return JSON.stringify(changeEncrypted(data, decrypt));
}

/** The data with each ciphertext changed, wherever it stands: an older version of an event has its fields elsewhere. */
function changeEncrypted(data: unknown, change: (found: Ciphertext, path: string) => unknown, path = ''): unknown {
  if (isCiphertext(data)) return change(data, path);
  if (typeof data !== 'object' || data === null) return data;
  const within = (name: string, value: unknown) =>
    changeEncrypted(value, change, path === '' ? name : `${path}.${name}`);
  if (Array.isArray(data)) return data.map((item, index) => within(String(index), item));
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, within(name, value)]));
}

type Placed = Pick<RecordedEvent, 'trail' | 'stream' | 'eventId' | 'metadata'>;

function placeOf({ trail, stream, eventId, metadata }: Placed, data: unknown): FieldPlace {
  const { schemaVersion = 0 } = versionShape.safeParse(JSON.parse(metadata)).data ?? {};
  return { trail, stream, eventId, schemaVersion, customer: customerNamedIn(data) ?? '' };
}

function contextOf({ trail, stream, eventId, schemaVersion, customer }: FieldPlace, keyId: string, path: string) {
  return JSON.stringify([
    'attach-payment-method/field/1',
    trail,
    stream,
    eventId,
    schemaVersion,
    customer,
    keyId,
    path,
  ]);
}

function notAuthentic({ eventId, type }: RecordedEvent, path: string): PaymentMethodsError {
  return new PaymentMethodsError(
    'EVENT_INVALID',
    `Event ${eventId} (${type}) holds a ciphertext at ${path} that names its customer's key and was not made with it for this place. Somebody changed the trail or the key: verify the trail.`,
    { details: { eventId, type, path } },
  );
}
