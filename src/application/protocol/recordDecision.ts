import type { KnownContext } from '../commands/commandParts.ts';
import type { EventStreams, SeenStream } from '../events/eventStreams.ts';
import { contention, maxRounds } from './rounds.ts';

/**
 * Records what is decided on the newest state of a stream, without reading first; false where it is nothing. Where it cannot
 * be recorded so, for want of a key, say, the stream is read: what it has already needs none.
 */
export async function recordDecision<State, Event extends { readonly type: string; readonly data: unknown }>(
  streams: EventStreams<State, Event>,
  name: string,
  context: KnownContext,
  decide: (state: State) => { readonly events: readonly Event[] },
): Promise<boolean> {
  let seen: SeenStream<State> = streams.unseen(name);
  for (let round = 1; round <= maxRounds; round += 1) {
    const { events } = decide(seen.state);
    if (events.length === 0 && round > 1) return false;
    if (events.length === 0) seen = await streams.load(name);
    else {
      try {
        const result = await streams.save([{ seen, events }], context);
        if (result.saved) return true;
        seen = result.streams[0] ?? seen;
      } catch (error) {
        if (round > 1) throw error;
        seen = await streams.load(name);
      }
    }
  }
  throw contention(name);
}
