import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { EventCodec } from '../../../src/application/events/eventCodec.ts';
import type { TrailEvent } from '../../../src/application/events/eventTypes.ts';
import { eventTypes } from '../../../src/application/events/eventTypes.ts';
import { attached, outcomeUnknown, requested } from '../../domain/given.ts';

const trailCodec = new EventCodec<TrailEvent>(eventTypes);
const folder = new URL('./golden/', import.meta.url);
const goldenNames = readdirSync(folder).map((name) => name.replace('.json', ''));
const context = { actor: 'user-7', correlationId: 'checkout-9', causationId: null };
const eventId = '5f0c6f0e-3d0a-4a52-9d2f-0d8f8f6f1c11';

/** A golden sample is an event as some released version wrote it. It is never edited: a new shape is a new version. */
function golden(name: string): { type: string; data: string; metadata: string; eventId: string } {
  const sample: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
  const { type, data, metadata } = z
    .object({ type: z.string(), data: z.unknown(), metadata: z.unknown() })
    .parse(sample);
  return { eventId, type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
}

describe('P10: every event version ever written can be read', () => {
  const expected = Object.entries(eventTypes).flatMap(([type, { version }]) =>
    Array.from({ length: version }, (_, index) => `${type}.v${index + 1}`),
  );

  it('each version of each type has a golden sample, and no sample is of an unknown one', () => {
    expect(goldenNames.sort()).toEqual(expected.sort());
  });

  it('each type has a step up from each of its older versions', () => {
    for (const { version, upcasters } of Object.values(eventTypes)) expect(upcasters).toHaveLength(version - 1);
  });

  it.each(goldenNames)('%s is read', (name) => {
    const sample = golden(name);
    expect(trailCodec.decode(sample)).toMatchObject({
      event: { type: sample.type },
      metadata: { actor: 'user-7' },
    });
  });

  it.each(goldenNames.filter((name) => expected.includes(name)))(
    '%s, when it is the newest version, is written as it was (if this fails, the stored shape changed: write an upcaster)',
    (name) => {
      const sample = golden(name);
      const { event } = trailCodec.decode(sample);
      if (!name.endsWith(`.v${eventTypes[event.type].version}`)) return;
      const { data, metadata } = trailCodec.encode(event, eventId, context);
      expect({ data, metadata }).toEqual({ data: sample.data, metadata: sample.metadata });
    },
  );
});

describe('the event codec', () => {
  it.each([
    ['a type it does not know', { type: 'SomethingElse' }, /type this package does not know/],
    ['a type every object has', { type: 'constructor' }, /type this package does not know/],
    ['a version it does not know', { metadata: metadata({ schemaVersion: 3 }) }, /version 3; this package knows 2/],
    ['data that does not fit', { data: '{"attemptId":"a b"}' }, /does not fit its schema at attemptId/],
    ['data that is not JSON', { data: '{' }, /does not fit/],
    ['metadata that does not fit', { metadata: '{}' }, /does not fit its schema at schemaVersion/],
  ])('refuses to read %s, naming the event', (_, part, message) => {
    const read = () => trailCodec.decode({ ...golden('AttachmentRequested.v1'), ...part });
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: 'EVENT_INVALID', message: expect.stringContaining(eventId) }));
  });

  it('refuses to write what does not fit, and never repeats the value', () => {
    const event = requested({ idempotencyKey: 'sk_live_secret'.repeat(50) });
    expect(() => trailCodec.encode(event, eventId, context)).toThrow(
      expect.objectContaining({ code: 'EVENT_INVALID', message: expect.not.stringContaining('sk_live') }),
    );
  });

  it('drops what its schema does not list, so that no unlisted field is stored', () => {
    const unlisted = { billing_details: { email: 'a@b.c' } };
    const event = attached({ ...unlisted, livemode: true });
    expect(trailCodec.encode(event, eventId, context).data).not.toContain('billing_details');
  });

  it('reads back what it wrote', () => {
    for (const event of [requested(), attached(), outcomeUnknown()]) {
      const stored = trailCodec.encode(event, eventId, context);
      const schemaVersion = eventTypes[event.type].version;
      expect(trailCodec.decode(stored)).toEqual({ event, metadata: { schemaVersion, ...context } });
    }
  });

  it('brings an old version up, one step after the other', () => {
    type Renamed = { readonly type: 'Renamed'; readonly data: { readonly fullName: string; readonly length: number } };
    const codec = new EventCodec<Renamed>({
      Renamed: {
        version: 3,
        schema: z.object({ fullName: z.string(), length: z.int() }),
        upcasters: [
          (data) => ({ fullName: z.object({ name: z.string() }).parse(data).name }),
          (data) => {
            const { fullName } = z.object({ fullName: z.string() }).parse(data);
            return { fullName, length: fullName.length };
          },
        ],
      },
    });
    const stored = (schemaVersion: number, data: object) => ({
      eventId,
      type: 'Renamed',
      data: JSON.stringify(data),
      metadata: metadata({ schemaVersion }),
    });
    const expected = { type: 'Renamed', data: { fullName: 'Ana', length: 3 } };
    expect(codec.decode(stored(1, { name: 'Ana' })).event).toEqual(expected);
    expect(codec.decode(stored(2, { fullName: 'Ana' })).event).toEqual(expected);
    expect(codec.decode(stored(3, { fullName: 'Ana', length: 3 })).event).toEqual(expected);
  });
});

function metadata(part: object): string {
  return JSON.stringify({ schemaVersion: 1, ...context, ...part });
}
