import * as z from 'zod';
import type { AppendResult, ExpectedVersion, StreamAppend } from '../../application/ports/eventStore.ts';
import type { Unit } from './appendQueue.ts';
import type { PgValue } from './pool.ts';

/** One caller's append. */
export type AppendUnit = Unit & { readonly appends: readonly StreamAppend[] };

/** Which SQL function to call, and with what, but for the last argument: how long to wait. */
export type AppendCall = { readonly function: 'append' | 'append_one'; readonly values: readonly PgValue[] };

/** A result that may lack what the caller missed: where that is much, it is left to be read, behind the expected version. */
export type Answered =
  | Extract<AppendResult, { result: 'appended' }>
  | {
      readonly result: 'conflict';
      readonly conflicts: readonly (Omit<Conflict, 'missed'> & { readonly missed: Conflict['missed'] | null })[];
    };

type Conflict = Extract<AppendResult, { result: 'conflict' }>['conflicts'][number];

const columnNames = ['units', 'streams', 'expected', 'lastIds', 'nths', 'ids', 'types'] as const;

/** Between the texts of events in one parameter; neither JSON nor a name can contain it. */
const separator = '\u001f';

/** What an event weighs beside its texts: its row, its id, its names. */
const bytesPerEvent = 200;

/** Copies what was checked: the caller may change its own objects before they are sent. */
export function toUnit(appends: readonly StreamAppend[]): AppendUnit {
  let bytes = 0;
  const copies = appends.map(({ stream, expectedVersion, lastEventId, events }) => ({
    stream,
    expectedVersion,
    lastEventId,
    events: events.map(({ eventId, type, data, metadata }) => {
      bytes += bytesPerEvent + data.length + metadata.length;
      return { eventId, type, data, metadata };
    }),
  }));
  return { appends: copies, streams: copies.map(({ stream }) => stream), bytes };
}

/** The call that appends all units: the cheap one where they are a single event behind a known version. */
export function toCall(trail: string, units: readonly AppendUnit[]): AppendCall {
  return toCallOfOne(trail, units) ?? toCallOfMany(trail, units);
}

function toCallOfOne(trail: string, units: readonly AppendUnit[]): AppendCall | undefined {
  const [append, ...otherAppends] = units[0]?.appends ?? [];
  const [event, ...otherEvents] = append?.events ?? [];
  if (units.length > 1 || append === undefined || event === undefined) return undefined;
  const expected = expectedNumber(append.expectedVersion);
  if (otherAppends.length > 0 || otherEvents.length > 0 || expected < 0) return undefined;
  const { eventId, type, data, metadata } = event;
  const lastId = append.lastEventId ?? null;
  return { function: 'append_one', values: [trail, append.stream, expected, lastId, eventId, type, data, metadata] };
}

function toCallOfMany(trail: string, units: readonly AppendUnit[]): AppendCall {
  const columns: { [Column in (typeof columnNames)[number]]: (string | number | null)[] } = {
    units: [],
    streams: [],
    expected: [],
    lastIds: [],
    nths: [],
    ids: [],
    types: [],
  };
  const datas: string[] = [];
  const metadatas: string[] = [];
  for (const [unit, { appends }] of units.entries()) {
    for (const { stream, expectedVersion, lastEventId = null, events } of appends) {
      for (const [index, { eventId, type, data, metadata }] of events.entries()) {
        columns.units.push(unit);
        columns.streams.push(stream);
        columns.expected.push(expectedNumber(expectedVersion));
        columns.lastIds.push(lastEventId);
        columns.nths.push(index + 1);
        columns.ids.push(eventId);
        columns.types.push(type);
        datas.push(data);
        metadatas.push(metadata);
      }
    }
  }
  const texts = [datas.join(separator), metadatas.join(separator)];
  return { function: 'append', values: [trail, ...Object.values(columns).map(toArray), ...texts] };
}

/** As an array of Postgres. No name, id or number can contain a quote or a backslash: they were checked. */
function toArray(elements: readonly (string | number | null)[]): string {
  return `{${elements.map((element) => (element === null ? 'NULL' : `"${element}"`)).join(',')}}`;
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

/** What became of an item: a stream's share of a unit. */
const outcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.enum(['appended', 'repeated']), version: z.number(), position: z.number() }),
  z.object({ outcome: z.literal('wrong'), version: z.number(), missed: recordedEventsSchema.nullable() }),
  z.object({ outcome: z.literal('held') }),
]);

/** The position of the first event, where all were appended at the versions expected; else an outcome for each item. */
const answerSchema = z.union([z.number(), z.array(outcomeSchema)]);

/** Each unit's result, from the JSON text that either function answers. */
export function fromAnswer(units: readonly AppendUnit[], answer: string): Answered[] {
  const parsed = answerSchema.parse(JSON.parse(answer));
  if (typeof parsed === 'number') return allAppended(units, parsed);
  const outcomes = parsed.values();
  return units.map(({ appends }) =>
    toResult(
      appends.map((append) => {
        const { value } = outcomes.next();
        if (value === undefined) throw new TypeError(`the SQL function append answered nothing for ${append.stream}`);
        return { append, outcome: value };
      }),
    ),
  );
}

function allAppended(units: readonly AppendUnit[], firstPosition: number): Answered[] {
  let next = firstPosition;
  return units.map(({ appends }) => ({
    result: 'appended',
    streams: appends.map(({ stream, expectedVersion, events }) => {
      next += events.length;
      return { stream, version: expectedNumber(expectedVersion) + events.length, position: next - 1 };
    }),
  }));
}

type Judged = { readonly append: StreamAppend; readonly outcome: z.infer<typeof outcomeSchema> };

function toResult(judged: readonly Judged[]): Answered {
  const streams = [];
  const conflicts = [];
  for (const { append, outcome } of judged) {
    const { stream, expectedVersion } = append;
    if (outcome.outcome === 'wrong') {
      conflicts.push({ stream, expectedVersion, currentVersion: outcome.version, missed: outcome.missed });
    } else if (outcome.outcome !== 'held') {
      streams.push({ stream, version: outcome.version, position: outcome.position });
    }
  }
  if (conflicts.length > 0) return { result: 'conflict', conflicts };
  if (streams.length < judged.length) throw new TypeError('append held what nothing held back');
  return { result: 'appended', streams };
}

/** As the SQL functions take it: any is -1, any but none -2. */
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
