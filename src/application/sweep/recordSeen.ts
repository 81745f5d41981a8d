import type { KnownContext } from '../commands/commandParts.ts';
import type { EventStreams, SeenStream } from '../events/eventStreams.ts';
import { contention, maxRounds } from '../protocol/rounds.ts';

/** Records what a decision makes of a stream as it stands; it is read first, because most often there is nothing to record. */
export async function recordSeen<State, Event extends { readonly type: string; readonly data: unknown }>(
  streams: EventStreams<State, Event>,
  name: string,
  context: KnownContext,
  decide: (state: State) => { readonly events: readonly Event[] },
): Promise<{ readonly recorded: readonly Event[]; readonly seen: SeenStream<State> }> {
  let seen = await streams.load(name);
  for (let round = 1; round <= maxRounds; round += 1) {
    const { events } = decide(seen.state);
    if (events.length === 0) return { recorded: [], seen };
    const { saved, streams: now } = await streams.save([{ seen, events }], context);
    seen = now[0] ?? seen;
    if (saved) return { recorded: events, seen };
  }
  throw contention(name);
}
