import type { RecordedEvent } from '../../src/application/ports/eventStore.ts';
import type { Kind, Pick, Sealed, Tamper } from './flips.ts';
import { flipEvent, flipHead, flipSeal, pickEvent, problemOf } from './flips.ts';
import type { Trail } from './trailView.ts';
import { chained, eventAt } from './trailView.ts';

/** Each way to tamper, by name. */
export const tamperKinds: Readonly<Record<string, Kind>> = {
  'a bit of an event': flipEvent,
  'a bit of the head': flipHead,
  'a bit of a seal': flipSeal,
  'a row deleted': deleteRow,
  'two rows swapped': swapRows,
  'the tail cut off': (sealed, pick) => cutTail(sealed, pick, sealed.head),
  'the tail cut off, with the head moved back': (sealed, pick) => cutTail(sealed, pick, null),
  'a stream deleted': (sealed, pick) => deleteStream(sealed, pick, false),
  'a stream deleted, the rest renumbered and chained anew': (sealed, pick) => deleteStream(sealed, pick, true),
  'all rewritten from an event on': rewrite,
  'an event put in between, the rest renumbered and chained anew': insert,
  'two events exchanged, the rest chained anew': exchange,
  'an event put beyond the head': putBeyond,
};

function deleteRow(sealed: Sealed, pick: Pick): Tamper {
  return withoutRow(sealed, pickEvent(sealed, pick).position);
}

/** The trail without its row at this position. */
export function withoutRow(sealed: Sealed, position: number): Tamper {
  const events = sealed.events.filter((event) => event.position !== position);
  const problem = position === sealed.head.position ? 'headMismatch' : 'positionOutOfOrder';
  return { ...sealed, events, title: `row ${position} deleted`, position, problem };
}

function swapRows(sealed: Sealed, pick: Pick): Tamper {
  const [one, other] = pickTwo(sealed, pick);
  const first = { ...other, position: one.position };
  const events = swapped(sealed, one, other);
  const title = `rows ${one.position} and ${other.position} swapped`;
  return { ...sealed, events, title, position: one.position, problem: problemOf(first, sealed.events) };
}

function cutTail(sealed: Sealed, pick: Pick, head: Trail['head'] | null): Tamper {
  const length = pick(0, lastSealed(sealed) - 1);
  const cut = sealed.events.slice(0, length);
  const position = length + 1;
  const title = `cut after ${length}`;
  if (head === null) return { ...sealed, ...chained(cut), title, position, problem: 'sealBeyondEnd' };
  return { ...sealed, events: cut, title, position, problem: 'headMismatch' };
}

function deleteStream(sealed: Sealed, pick: Pick, anew: boolean): Tamper {
  const { stream } = eventAt(sealed.events, pick(1, lastSealed(sealed)));
  const first = sealed.events.findIndex((event) => event.stream === stream) + 1;
  const left = sealed.events.filter((event) => event.stream !== stream);
  const title = `stream ${stream} deleted`;
  const gap = left.length < first ? 'headMismatch' : 'positionOutOfOrder';
  if (!anew) return { ...sealed, events: left, title, position: first, problem: gap };
  return { ...sealed, ...renumbered(left), title, ...afterRewrite(sealed, first, left.length) };
}

function rewrite(sealed: Sealed, pick: Pick): Tamper {
  const event = eventAt(sealed.events, pick(1, lastSealed(sealed)));
  const events = sealed.events.with(event.position - 1, { ...event, data: '{"n":"rewritten"}' });
  const title = `rewritten from ${event.position} on`;
  return { ...sealed, ...chained(events), title, ...afterRewrite(sealed, event.position, events.length) };
}

function insert(sealed: Sealed, pick: Pick): Tamper {
  const at = pick(1, lastSealed(sealed));
  const forged = { ...eventAt(sealed.events, at), stream: 'forged-1', version: 1 };
  const events = sealed.events.toSpliced(at - 1, 0, forged);
  return { ...sealed, ...renumbered(events), title: `put in at ${at}`, ...afterRewrite(sealed, at, events.length) };
}

function exchange(sealed: Sealed, pick: Pick): Tamper {
  const one = eventAt(sealed.events, pick(1, lastSealed(sealed) - 1));
  const other = eventAt(sealed.events, pick(one.position + 1, sealed.events.length));
  const title = `${one.position} and ${other.position} exchanged`;
  const events = swapped(sealed, one, other);
  return { ...sealed, ...renumbered(events), title, ...afterRewrite(sealed, one.position, events.length) };
}

function putBeyond(sealed: Sealed, pick: Pick): Tamper {
  const event = pickEvent(sealed, pick);
  const versions = sealed.events.filter(({ stream }) => stream === event.stream).length;
  const position = sealed.head.position + 1;
  const { events } = chained([...sealed.events, { ...event, position, version: versions + 1 }]);
  return { ...sealed, events, title: `${event.stream} goes on beyond the head`, position, problem: 'headMismatch' };
}

/** The first seal at or after the change finds it, or the last one misses what it sealed. */
function afterRewrite({ seals }: Sealed, from: number, length: number) {
  const next = Math.min(...seals.map(({ position }) => position).filter((position) => position >= from));
  return next <= length
    ? ({ position: next, problem: 'sealMismatch' } as const)
    : ({ position: length + 1, problem: 'sealBeyondEnd' } as const);
}

function renumbered(events: readonly RecordedEvent[]): Trail {
  const versions = new Map<string, number>();
  return chained(
    events.map((event, index) => {
      const version = (versions.get(event.stream) ?? 0) + 1;
      versions.set(event.stream, version);
      return { ...event, position: index + 1, version };
    }),
  );
}

function swapped({ events }: Sealed, one: RecordedEvent, other: RecordedEvent): RecordedEvent[] {
  return events
    .with(one.position - 1, { ...other, position: one.position })
    .with(other.position - 1, { ...one, position: other.position });
}

const lastSealed = ({ seals }: Sealed) => Math.max(...seals.map(({ position }) => position));

function pickTwo(sealed: Sealed, pick: Pick): readonly [RecordedEvent, RecordedEvent] {
  const first = pick(1, sealed.events.length - 1);
  return [eventAt(sealed.events, first), eventAt(sealed.events, pick(first + 1, sealed.events.length))];
}
