import { z } from 'zod';
import type { AppendResult, ExpectedVersion, RecordedEvent, StreamAppend } from '../../application/ports/eventStore.ts';
import type { Unit } from './appendQueue.ts';
import type { PgRow } from './pool.ts';

/** One caller's append, with its events already in the text they travel as. */
export type AppendUnit = Unit & { readonly appends: readonly StreamAppend[]; readonly eventTexts: readonly string[] };

/** What became of one item: a stream's share of a unit. */
type ItemOutcome = {
  readonly outcome: 'appended' | 'repeated' | 'wrong' | 'held';
  readonly version: number;
  readonly position: number;
  readonly missed: readonly RecordedEvent[];
};

export function toUnit(appends: readonly StreamAppend[]): AppendUnit {
  const eventTexts = appends.map(({ events }) =>
    events
      .map(
        ({ eventId, type, data, metadata }) =>
          `{"id":"${eventId}","type":"${type}","data":${data},"metadata":${metadata}}`,
      )
      .join(','),
  );
  const bytes = eventTexts.reduce((sum, text) => sum + text.length, 0);
  return { appends, eventTexts, streams: appends.map(({ stream }) => stream), bytes };
}

/** The `items` of the SQL function `append`. The texts were checked to be JSON, so nothing in them can end an item. */
export function toItems(units: readonly AppendUnit[]): string {
  const items: string[] = [];
  units.forEach(({ appends, eventTexts }, unit) => {
    appends.forEach(({ stream, expectedVersion }, index) => {
      const expected = expectedNumber(expectedVersion);
      items.push(
        `{"item":${items.length},"unit":${unit},"stream":"${stream}","expected":${expected},"events":[${eventTexts[index]}]}`,
      );
    });
  });
  return `[${items.join(',')}]`;
}

/** Each unit's result, from the rows of the SQL function `append`. */
export function fromRows(units: readonly AppendUnit[], rows: readonly PgRow[]): AppendResult[] {
  const outcomes = new Map(rows.map((row) => [Number(row['item']), toOutcome(row)]));
  let item = 0;
  return units.map(({ appends }) => {
    const judged = appends.map((append) => ({ ...append, ...outcomeOf(outcomes, item++) }));
    const wrong = judged.filter(({ outcome }) => outcome === 'wrong');
    if (wrong.length === 0) {
      if (judged.some(({ outcome }) => outcome === 'held')) throw new TypeError('append held what nothing held back');
      return {
        result: 'appended',
        streams: judged.map(({ stream, version, position }) => ({ stream, version, position })),
      };
    }
    return {
      result: 'conflict',
      conflicts: wrong.map(({ stream, expectedVersion, version, missed }) => ({
        stream,
        expectedVersion,
        currentVersion: version,
        missed,
      })),
    };
  });
}

function outcomeOf(outcomes: ReadonlyMap<number, ItemOutcome>, item: number): ItemOutcome {
  const outcome = outcomes.get(item);
  if (outcome === undefined) throw new TypeError(`the SQL function append answered nothing for item ${item}`);
  return outcome;
}

function expectedNumber(expected: ExpectedVersion): number {
  switch (expected) {
    case 'any':
      return -1;
    case 'streamExists':
      return -2;
    case 'noStream':
      return 0;
    default:
      return expected;
  }
}

const recordedEventsSchema = z.array(
  z.object({
    trail: z.string(),
    position: z.number(),
    stream: z.string(),
    version: z.number(),
    eventId: z.string(),
    type: z.string(),
    data: z.string(),
    metadata: z.string(),
    recordedAt: z.string(),
    hash: z.string(),
  }),
);

function toOutcome({ outcome, version, position, missed }: PgRow): ItemOutcome {
  if (outcome !== 'appended' && outcome !== 'repeated' && outcome !== 'wrong' && outcome !== 'held') {
    throw new TypeError(`the SQL function append answered ${String(outcome)}`);
  }
  return {
    outcome,
    version: Number(version),
    position: Number(position),
    missed: typeof missed === 'string' ? recordedEventsSchema.parse(JSON.parse(missed)) : [],
  };
}
