import type { RecordedEvent } from '../ports/eventStore.ts';

/** The hash before the first event of a trail: 32 zero bytes, in hex. */
export const genesisHash = '0'.repeat(64);

/** Between the fields of a text that is hashed or signed. No field can contain it: JSON escapes it, names forbid it. */
export const fieldSeparator = '\u001f';

/**
 * The text that, in UTF-8 behind the 32 bytes of the previous event's hash, is hashed with SHA-256 into an event's own:
 * the format's name and nine fields, joined by U+001F.
 */
export function hashInput(event: Omit<RecordedEvent, 'hash'>): string {
  return [
    'attach-payment-method/1',
    event.trail,
    event.position,
    event.stream,
    event.version,
    event.eventId,
    event.type,
    event.recordedAt,
    event.data,
    event.metadata,
  ].join(fieldSeparator);
}
