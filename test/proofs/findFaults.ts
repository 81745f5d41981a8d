import type { RecordedEvent } from '../../src/application/ports/eventStore.ts';
import { type Acknowledgement, parseShare } from './appends.ts';

type Placed = { readonly of: number; readonly events: number[]; readonly positions: number[] };

/**
 * What is wrong with a trail of named appends, in words; nothing if positions and versions have no gap, every append is
 * there once and as a whole, and each acknowledged one stands where its writer was told.
 */
export function findFaults(trail: readonly RecordedEvent[], acknowledged: readonly Acknowledgement[]): string[] {
  return [...faultsOfOrder(trail), ...faultsOfAppends(trail), ...faultsOfAcknowledged(trail, acknowledged)];
}

function faultsOfOrder(trail: readonly RecordedEvent[]): string[] {
  const versions = new Map<string, number>();
  const faults: string[] = [];
  let last = 0;
  for (const { position, stream, version } of trail) {
    const lastVersion = versions.get(stream) ?? 0;
    if (position !== last + 1) faults.push(`position ${position} comes after ${last}`);
    if (version !== lastVersion + 1) faults.push(`${stream}: version ${version} comes after ${lastVersion}`);
    versions.set(stream, version);
    last = position;
  }
  return faults;
}

function faultsOfAppends(trail: readonly RecordedEvent[]): string[] {
  const appends = new Map<string, Placed>();
  for (const { position, data } of trail) {
    const { name, event, of } = parseShare(data);
    const append = appends.get(name) ?? { of, events: [], positions: [] };
    append.events.push(event);
    append.positions.push(position);
    appends.set(name, append);
  }
  return [...appends]
    .filter(([, append]) => !isWhole(append))
    .map(
      ([name, { of, events, positions }]) => `${name}: of ${of} events, ${events.join()} are at ${positions.join()}`,
    );
}

function isWhole({ of, events, positions }: Placed): boolean {
  const [first = 0] = positions;
  const inOrder = events.every((event, index) => event === index + 1 && positions[index] === first + index);
  return events.length === of && inOrder;
}

function faultsOfAcknowledged(trail: readonly RecordedEvent[], acknowledged: readonly Acknowledgement[]): string[] {
  const events = new Map(trail.map((event) => [event.position, event]));
  return acknowledged.flatMap(({ name, streams }) =>
    streams
      .filter(({ stream, version, position }) => {
        const event = events.get(position);
        return event?.stream !== stream || event.version !== version || parseShare(event.data).name !== name;
      })
      .map(({ stream, version, position }) => `${name}: ${stream} ${version} is not at position ${position}`),
  );
}
