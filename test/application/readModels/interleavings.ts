import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import { paymentMethodCodec } from '../../../src/application/events/eventCodec.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import type { ReadModels } from '../../../src/application/ports/readModels.ts';
import type { Projection } from '../../../src/application/readModels/projection.ts';
import { Projections } from '../../../src/application/readModels/projections.ts';
import { replayed } from '../../../src/testing/projectionSpec.ts';
import type { PaymentMethodEvent } from '../../../src/domain/paymentMethodEvents.ts';
import { attached, detached, outcomeUnknown, requested } from '../../domain/given.ts';
import { decoded } from '../support.ts';

/** Which events a document was made of: nothing can be left out, doubled or reordered, and not show. */
type Seen = { readonly version: number; readonly events: readonly string[] };

function seenBy(version: number): Projection<Seen> {
  const see = (before: Seen | undefined, { position, event }: { position: number; event: { type: string } }): Seen => ({
    version,
    events: [...(before?.events ?? []), `${position} ${event.type}`],
  });
  return {
    name: 'seen',
    version,
    keyOf: ({ stream }) => (stream === 'paymentMethod-pm_4' ? undefined : stream),
    handlers: {
      AttachmentRequested: see,
      PaymentMethodAttached: see,
      // Some documents go away, and may come again.
      PaymentMethodDetached: () => undefined,
    },
  };
}

const versions = [seenBy(1), seenBy(2), seenBy(3)];
const events: readonly PaymentMethodEvent[] = [requested(), attached(), outcomeUnknown(), detached];

/** What happens to a trail and to its read models; each of them at the same time as the others. */
export type Step =
  | { readonly does: 'append'; readonly events: readonly (readonly [stream: number, event: number])[] }
  | {
      readonly does: 'catchUp' | 'rebuild';
      readonly version: number;
      readonly batchEvents: number;
      readonly ends: Ends;
    }
  | { readonly does: 'look'; readonly version: number };

/** How a process ends: when all is done, by a crash around its so-manieth call, or by its signal after so many batches. */
type Ends =
  | { readonly how: 'well' }
  | { readonly how: 'crash'; readonly call: number; readonly effect: boolean }
  | { readonly how: 'abort'; readonly batches: number };

const version = fc.integer({ min: 0, max: versions.length - 1 });
const ends: fc.Arbitrary<Ends> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ how: 'well' as const }) },
  fc.record({ how: fc.constant('crash' as const), call: fc.integer({ min: 1, max: 12 }), effect: fc.boolean() }),
  fc.record({ how: fc.constant('abort' as const), batches: fc.integer({ min: 0, max: 4 }) }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    does: fc.constant('append' as const),
    events: fc.array(fc.tuple(fc.nat(4), fc.nat(events.length - 1)), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    does: fc.constantFrom('catchUp' as const, 'rebuild' as const),
    version,
    batchEvents: fc.integer({ min: 1, max: 4 }),
    ends,
  }),
  fc.record({ does: fc.constant('look' as const), version }),
);

export const steps = fc.array(step, { minLength: 3, maxLength: 12 });

/** Runs a step as a process of its own does. */
export async function take(step: Step, eventStore: EventStore, readModels: ReadModels): Promise<void> {
  if (step.does === 'append') return append(eventStore, step.events);
  if (step.does === 'look') {
    await expectReplay(eventStore, readModels, step.version);
    return;
  }
  const { batchEvents, ends: ending } = step;
  const controller = new AbortController();
  const models = ending.how === 'crash' ? crashing(readModels, ending.call, ending.effect) : readModels;
  const projections = new Projections({ eventStore, readModels: models, batchEvents });
  let batches = 0;
  const onProgress = () => {
    batches += 1;
    if (ending.how === 'abort' && batches > ending.batches) controller.abort(new Crash());
  };
  const options = { onProgress, signal: controller.signal };
  try {
    await projections[step.does](projectionOf(step.version), options);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
}

/** Once somebody catches up in the end, every version is what a replay of the whole trail makes. */
export async function expectReplayOfAll(eventStore: EventStore, readModels: ReadModels): Promise<void> {
  const { position: head } = await eventStore.readHead();
  for (const [index, projection] of versions.entries()) {
    await new Projections({ eventStore, readModels }).catchUp(projection);
    expect(await expectReplay(eventStore, readModels, index)).toBe(head);
  }
}

/** Whatever is read, whenever, equals a replay from zero up to the position it is at; answers that. */
async function expectReplay(eventStore: EventStore, readModels: ReadModels, index: number): Promise<number | null> {
  const projection = projectionOf(index);
  const found = await readModels.list(projection, { limit: 1000 });
  if (found === null) return null;
  const records = (await decoded(eventStore)).filter(({ position }) => position <= found.position);
  const documents = found.documents.map(({ key, document }): [string, unknown] => [key, JSON.parse(document)]);
  expect(new Map(documents)).toEqual(replayed(projection, records));
  return found.position;
}

async function append(eventStore: EventStore, appended: readonly (readonly [number, number])[]): Promise<void> {
  for (const [stream, index] of appended) {
    const event = events[index] ?? requested();
    const context = { actor: 'user-7', correlationId: 'checkout-9', causationId: null };
    const encoded = paymentMethodCodec.encode(event, randomUUID(), context);
    await eventStore.append([{ stream: `paymentMethod-pm_${stream}`, expectedVersion: 'any', events: [encoded] }]);
  }
}

function projectionOf(index: number): Projection<Seen> {
  return versions[index] ?? seenBy(1);
}

/** A process that is no more. */
class Crash extends Error {}

/** Read models as a process has them that dies at its so-manieth call: before it has its effect, or before its answer comes. */
function crashing(readModels: ReadModels, dyingCall: number, effect: boolean): ReadModels {
  let calls = 0;
  return around(readModels, async (call) => {
    calls += 1;
    if (calls === dyingCall && effect) await call();
    if (calls >= dyingCall) throw new Crash();
    return call();
  });
}

/** Read models with something done around each call. */
export function around(
  models: ReadModels,
  surround: <Result>(call: () => Promise<Result>) => Promise<Result>,
): ReadModels {
  return {
    generations: (name) => surround(() => models.generations(name)),
    begin: (projection) => surround(() => models.begin(projection)),
    load: (name, id, keys) => surround(() => models.load(name, id, keys)),
    apply: (name, id, applied) => surround(() => models.apply(name, id, applied)),
    activate: (name, id) => surround(() => models.activate(name, id)),
    read: (projection, key) => surround(() => models.read(projection, key)),
    list: (projection, options) => surround(() => models.list(projection, options)),
    tally: (projection, asked) => surround(() => models.tally(projection, asked)),
  };
}
