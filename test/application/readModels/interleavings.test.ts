import fc from 'fast-check';
import { describe, it } from 'vitest';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import { around, expectReplayOfAll, steps, take } from './interleavings.ts';

/** The store, with whoever else is at work getting a turn before each of its answers, and after it. */
function scheduledStore(store: EventStore, scheduler: fc.Scheduler): EventStore {
  const turn = () => scheduler.schedule(Promise.resolve());
  return {
    async append(appends) {
      await turn();
      const result = await store.append(appends);
      await turn();
      return result;
    },
    readStream: (stream, options) => store.readStream(stream, options),
    async *readTrail(options) {
      await turn();
      for await (const event of store.readTrail(options)) {
        yield event;
        await turn();
      }
    },
    async readHead() {
      await turn();
      const head = await store.readHead();
      await turn();
      return head;
    },
    close: () => store.close(),
  };
}

describe('P8: a projection equals a replay from zero', () => {
  it('after, and during, any interleaving of appends, catch-ups, rebuilds, new versions, crashes and aborts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), steps, async (scheduler, taken) => {
        const store = new InMemoryEventStore();
        const models = new InMemoryReadModels();
        const turn = () => scheduler.schedule(Promise.resolve());
        const scheduledModels = around(models, async (call) => {
          await turn();
          const result = await call();
          await turn();
          return result;
        });
        const scheduled = scheduledStore(store, scheduler);
        // A look reads without a turn in between: what it sees is of one moment.
        const running = taken.map((step) =>
          step.does === 'look' ? turn().then(() => take(step, store, models)) : take(step, scheduled, scheduledModels),
        );
        await scheduler.waitFor(Promise.all(running));
        await expectReplayOfAll(store, models);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
