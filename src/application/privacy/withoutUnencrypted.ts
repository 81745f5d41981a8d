import type { EncryptedGroup } from './fieldPolicy.ts';

/**
 * What is kept only encrypted: all that the field policy leaves out by default. It stands here by itself, and a test holds it
 * to the policy, which who does not encrypt need not load.
 */
export const leftOut: { readonly group: EncryptedGroup; readonly field: string } = {
  group: 'billingDetails',
  field: 'billingDetails',
};

/**
 * The same, its events without what is kept only encrypted, where the store does not encrypt it: so it never stands in a
 * trail in the clear, whatever the gateway was asked for.
 */
export function withoutUnencrypted<
  Event extends { readonly data: unknown },
  Recording extends { readonly events: readonly Event[] },
>(recording: Recording, encrypts: readonly EncryptedGroup[] = []): Recording {
  const { events } = recording;
  if (encrypts.includes(leftOut.group) || !events.some(({ data }) => holds(data))) return recording;
  return { ...recording, events: events.map((event) => ({ ...event, data: without(event.data) })) };
}

function without(data: unknown): unknown {
  return holds(data) ? Object.fromEntries(Object.entries(data).filter(([name]) => name !== leftOut.field)) : data;
}

function holds(data: unknown): data is object {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, leftOut.field);
}
