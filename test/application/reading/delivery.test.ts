import { describe, expect, it } from 'vitest';
import { InMemoryCheckpoints } from '../../../src/adapters/memory/inMemoryCheckpoints.ts';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import type { TrailRecord } from '../../../src/application/events/eventCodec.ts';
import { batches } from '../../../src/application/reading/batches.ts';
import type { Deliver } from '../../../src/application/reading/delivery.ts';
import { atLeastOnce, exactlyOnce } from '../../../src/application/reading/delivery.ts';
import { all } from '../../../src/testing/eventStore/support.ts';
import { aTrail } from './support.ts';

const broken = new Error('never');
const away = new PaymentMethodsError('STORE_UNAVAILABLE', 'away');

/** A batch of five events behind position 0, of a consumer that has nothing yet, and its two ways of being handed them. */
async function aBatch() {
  const { store } = await aTrail();
  const events = (await all(store)).slice(0, 5);
  const checkpoints = new InMemoryCheckpoints();
  await checkpoints.open('mails', 0);
  const seen: number[] = [];
  let failsAt = new Map<number, Error>();
  const handle = ({ position }: TrailRecord) => {
    const error = failsAt.get(position);
    if (error !== undefined) throw error;
    seen.push(position);
  };
  const isWanted = ({ position }: { readonly position: number }) => wanted(position);
  let wanted: (position: number) => boolean = () => true;
  const consumer = { name: 'mails', checkpoints, isWanted };
  const ways: Record<'at least once' | 'exactly once', Deliver> = {
    'at least once': atLeastOnce(consumer, handle, () => false),
    'exactly once': exactlyOnce(consumer, handle),
  };
  return {
    events,
    checkpoints,
    seen,
    ways,
    consumer,
    handle,
    position: async () => (await checkpoints.read('mails'))?.position,
    fails: (...at: readonly (readonly [number, Error])[]) => {
      failsAt = new Map(at);
    },
    wants: (isSo: (position: number) => boolean) => {
      wanted = isSo;
    },
  };
}

describe.each(['at least once', 'exactly once'] as const)('a batch that is handed over %s', (way) => {
  it('is handled as a whole, and the checkpoint moved behind it', async () => {
    const { ways, events, seen, position } = await aBatch();
    expect(await ways[way](events, 0)).toEqual({ to: 5, failure: null });
    expect({ seen, position: await position() }).toEqual({ seen: [1, 2, 3, 4, 5], position: 5 });
  });

  it('is handled as far as it is asked for, and the checkpoint moved behind all of it', async () => {
    const { ways, events, seen, position, wants } = await aBatch();
    wants((at) => at === 2 || at === 3);
    expect(await ways[way](events, 0)).toEqual({ to: 5, failure: null });
    expect({ seen, position: await position() }).toEqual({ seen: [2, 3], position: 5 });
  });

  it('that nothing is asked for of is passed by', async () => {
    const { ways, events, seen, position, wants } = await aBatch();
    wants(() => false);
    expect(await ways[way](events, 0)).toEqual({ to: 5, failure: null });
    expect({ seen, position: await position() }).toEqual({ seen: [], position: 5 });
  });

  it('is handled up to the event that the handler cannot take, which may be tried again', async () => {
    const { ways, events, position, fails } = await aBatch();
    fails([4, broken]);
    const failure = { event: events[3], error: broken, isFinal: false };
    expect(await ways[way](events, 0)).toEqual({ to: 3, failure });
    expect(await position()).toBe(3);
  });

  it('is not moved at all by a first event that the handler cannot take', async () => {
    const { ways, events, position, fails, checkpoints } = await aBatch();
    let moves = 0;
    checkpoints.advance = async () => {
      moves += 1;
      return 'advanced';
    };
    fails([1, broken]);
    expect(await ways[way](events, 0)).toEqual({ to: 0, failure: { event: events[0], error: broken, isFinal: false } });
    expect({ moves, position: await position() }).toEqual({ moves: 0, position: 0 });
  });

  it('is handled up to an event that cannot be read, which no repetition helps', async () => {
    const { ways, events, seen, position } = await aBatch();
    const unreadable = events.map((event) => (event.position === 3 ? { ...event, data: '{}' } : event));
    const error = expect.objectContaining({ code: 'EVENT_INVALID' });
    expect(await ways[way](unreadable, 0)).toEqual({ to: 2, failure: { event: unreadable[2], error, isFinal: true } });
    expect({ seen, position: await position() }).toEqual({ seen: [1, 2], position: 2 });
  });

  it('is told of the first failure where there are two', async () => {
    const { ways, events, fails } = await aBatch();
    const unreadable = events.map((event) => (event.position === 4 ? { ...event, data: '{}' } : event));
    fails([2, broken]);
    expect(await ways[way](unreadable, 0)).toMatchObject({ to: 1, failure: { error: broken, isFinal: false } });
  });

  it('is outrun where somebody else has moved the consumer', async () => {
    const { ways, events, checkpoints, position, wants } = await aBatch();
    await checkpoints.advance('mails', 0, 9);
    expect(await ways[way](events, 0)).toBe('outrun');
    wants(() => false);
    expect(await ways[way](events, 0)).toBe('outrun');
    expect(await position()).toBe(9);
  });

  it('that is empty moves nothing', async () => {
    const { ways, position } = await aBatch();
    expect(await ways[way]([], 3)).toEqual({ to: 3, failure: null });
    expect(await position()).toBe(0);
  });
});

describe('a batch that is handed over exactly once', () => {
  it('is thrown back where the store is away, whatever the handler was at', async () => {
    const { ways, events, fails, position } = await aBatch();
    fails([3, away]);
    await expect(ways['exactly once'](events, 0)).rejects.toBe(away);
    expect(await position()).toBe(0);
  });

  it('is thrown back where the transaction cannot begin', async () => {
    const { ways, events, checkpoints } = await aBatch();
    checkpoints.transact = () => Promise.reject(broken);
    await expect(ways['exactly once'](events, 0)).rejects.toBe(broken);
  });

  it('is outrun where somebody else is first while it takes back what failed', async () => {
    const { consumer, handle, events, checkpoints, fails } = await aBatch();
    fails([4, broken]);
    const transact = checkpoints.transact.bind(checkpoints);
    let transactions = 0;
    checkpoints.transact = async (...args) => {
      transactions += 1;
      if (transactions === 2) await checkpoints.advance('mails', 0, 9);
      return transact(...args);
    };
    expect(await exactlyOnce(consumer, handle)(events, 0)).toBe('outrun');
  });
});

it('a batch that is handed over at least once ends early where the subscription ends', async () => {
  const { consumer, handle, events, seen, position } = await aBatch();
  const deliver = atLeastOnce(consumer, handle, () => seen.length === 2);
  expect(await deliver(events, 0)).toEqual({ to: 2, failure: null });
  expect(await position()).toBe(2);
});

describe('batches', () => {
  async function sizes(count: number, size: number, counts?: (item: number) => boolean) {
    async function* items() {
      for (let item = 1; item <= count; item += 1) yield item;
    }
    const lengths: number[] = [];
    for await (const batch of batches(items(), size, counts)) lengths.push(batch.length);
    return lengths;
  }

  it('are as long as asked, the last may be shorter, and none is empty', async () => {
    expect(await sizes(7, 3)).toEqual([3, 3, 1]);
    expect(await sizes(6, 3)).toEqual([3, 3]);
    expect(await sizes(0, 3)).toEqual([]);
    expect(await sizes(2, 1)).toEqual([1, 1]);
  });

  it('hold so many of what counts, and no more than a thousand in all', async () => {
    expect(await sizes(9, 2, (item) => item % 3 === 0)).toEqual([6, 3]);
    expect(await sizes(2500, 2, () => false)).toEqual([1000, 1000, 500]);
    expect(await sizes(2500, 1200)).toEqual([1200, 1200, 100]);
  });
});
