import { describe, expect, it, onTestFinished } from 'vitest';
import { InMemoryCheckpoints } from '../../../src/adapters/memory/inMemoryCheckpoints.ts';
import { systemTimers } from '../../../src/adapters/system/system.ts';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import type { TrailRecord } from '../../../src/application/events/eventCodec.ts';
import type { AppendHints } from '../../../src/application/ports/appendHints.ts';
import type { StoppedAt } from '../../../src/application/ports/checkpoints.ts';
import type { Timers } from '../../../src/application/ports/timers.ts';
import { Subscriptions } from '../../../src/application/reading/subscriptions.ts';
import type { Subscription } from '../../../src/application/reading/subscription.ts';
import { until } from '../../support/until.ts';
import { ana, hour } from '../support.ts';
import { aTrail, noon } from './support.ts';

async function aFollowedTrail({
  hints,
  checkpoints = new InMemoryCheckpoints(),
}: {
  hints?: AppendHints;
  checkpoints?: InMemoryCheckpoints;
} = {}) {
  const monolith = await aTrail();
  const waits: number[] = [];
  // Waits as long as it is asked to, but never long.
  const timers: Timers = {
    sleep: (ms, signal) => {
      waits.push(ms);
      return systemTimers.sleep(Math.min(ms, 2), signal);
    },
  };
  const parts = { eventStore: monolith.store, checkpoints, timers, hints };
  return { ...monolith, checkpoints, waits, parts, subscriptions: new Subscriptions(parts) };
}

function collect() {
  const seen: number[] = [];
  return { seen, handle: ({ position }: TrailRecord) => void seen.push(position) };
}

function closing(subscription: Subscription): Subscription {
  onTestFinished(() => subscription.close());
  return subscription;
}

const foreign = () => ({ eventId: crypto.randomUUID(), type: 'OfTomorrow', data: '{}', metadata: '{}' });
const positions = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('a subscription', () => {
  it('catches up, goes on live, and leaves a checkpoint from which the next one goes on', async () => {
    const { subscriptions, paymentMethods } = await aFollowedTrail();
    const first = collect();
    const subscription = closing(subscriptions.subscribe({ consumer: 'mails', handle: first.handle }));
    await until('it has caught up', () => first.seen.length === 11);
    await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_3' });
    await until('it sees what is new', () => first.seen.length === 13);
    await subscription.close();
    expect(await subscription.ended).toEqual({ ended: 'closed' });
    expect(await subscriptions.status('mails')).toEqual({ position: 13, stopped: null });
    await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_4' });
    const second = collect();
    closing(subscriptions.subscribe({ consumer: 'mails', handle: second.handle }));
    await until('the next one sees the rest', () => second.seen.length === 2);
    expect([...first.seen, ...second.seen]).toEqual(positions(1, 15));
  });

  it.each([
    ['the beginning', undefined, positions(1, 11)],
    ['behind a position', 9, [10, 11]],
    ['behind an instant', new Date(noon + 3 * hour), [10, 11]],
  ])('starts at %s, and not there again once it has a checkpoint', async (_, from, expected) => {
    const { subscriptions } = await aFollowedTrail();
    const { seen, handle } = collect();
    const begin = () => subscriptions.subscribe({ consumer: 'mails', from, handle });
    const subscription = closing(begin());
    await until('it has caught up', () => seen.length === expected.length);
    await subscription.close();
    const again = closing(begin());
    await until('it looked', async () => (await subscriptions.status('mails'))?.position === 11);
    await again.close();
    expect(seen).toEqual(expected);
  });

  it('starts behind the end, wherever that is, and sees what comes then', async () => {
    const { subscriptions, paymentMethods } = await aFollowedTrail();
    const { seen, handle } = collect();
    closing(subscriptions.subscribe({ consumer: 'mails', from: 'end', handle }));
    await until('it has a checkpoint', async () => (await subscriptions.status('mails'))?.position === 11);
    await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_3' });
    await until('it sees what is new', () => seen.length === 2);
    expect(seen).toEqual([12, 13]);
  });

  it('hands over the types asked for, and moves on behind the others', async () => {
    const { subscriptions } = await aFollowedTrail();
    const types: string[] = [];
    closing(
      subscriptions.subscribe({
        consumer: 'mails',
        types: ['PaymentMethodAttached', 'SetupBegun'],
        handle: ({ event }) => void types.push(event.type),
      }),
    );
    await until('it is at the head', async () => (await subscriptions.status('mails'))?.position === 11);
    expect(types).toEqual(['PaymentMethodAttached', 'PaymentMethodAttached', 'SetupBegun']);
  });

  it('hands over one event after the other, and keeps as many consumers apart as there are', async () => {
    const { subscriptions } = await aFollowedTrail();
    let busy = 0;
    let most = 0;
    const slow = async () => {
      busy += 1;
      most = Math.max(most, busy);
      await systemTimers.sleep(1);
      busy -= 1;
    };
    const { seen, handle } = collect();
    closing(subscriptions.subscribe({ consumer: 'slow', handle: slow }));
    closing(subscriptions.subscribe({ consumer: 'mails', handle }));
    await until('both are at the head', async () => (await subscriptions.status('slow'))?.position === 11);
    expect(most).toBe(1);
    expect(seen).toEqual(positions(1, 11));
  });

  it('waits between two looks that bring nothing, and looks at once when it is hinted', async () => {
    let hint = () => {};
    let isListening = false;
    const hints: AppendHints = {
      listen: (listener) => {
        hint = listener;
        isListening = true;
        return () => {
          isListening = false;
        };
      },
    };
    const monolith = await aTrail();
    const checkpoints = new InMemoryCheckpoints();
    const subscriptions = new Subscriptions({ eventStore: monolith.store, checkpoints, timers: systemTimers, hints });
    const { seen, handle } = collect();
    const subscription = subscriptions.subscribe({ consumer: 'mails', pollMs: 2 ** 31 - 1, handle });
    await until('it has caught up', () => seen.length === 11);
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_3' });
    hint();
    await until('it has seen the rest', () => seen.length === 13);
    await subscription.close();
    expect(isListening).toBe(false);
  });

  it('looks again at once when the hint comes while it looks, behind what it has read', async () => {
    const { store, parts, paymentMethods } = await aFollowedTrail();
    let hint = () => {};
    let isHinted = false;
    const eventStore = {
      async *readTrail(options: { readonly after?: number | undefined } = {}) {
        yield* store.readTrail(options);
        if (options.after !== 11 || isHinted) return;
        isHinted = true;
        await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_3' });
        hint();
      },
      readHead: () => store.readHead(),
      readStream: (stream: string) => store.readStream(stream),
    };
    const hints = { listen: (listener: () => void) => ((hint = listener), () => {}) };
    const subscriptions = new Subscriptions({ ...parts, eventStore, timers: systemTimers, hints });
    const { seen, handle } = collect();
    closing(subscriptions.subscribe({ consumer: 'mails', pollMs: 2 ** 31 - 1, handle }));
    await until('it has seen the rest', () => seen.length === 13);
  });

  it('looks again after so long without a hint, and no sooner', async () => {
    const { subscriptions, waits } = await aFollowedTrail();
    closing(subscriptions.subscribe({ consumer: 'mails', pollMs: 777, handle: () => {} }));
    await until('it has waited', () => waits.length > 2);
    expect(new Set(waits)).toEqual(new Set([777]));
  });

  it('ends by its signal in the midst of a batch, and keeps how far it came', async () => {
    const { subscriptions } = await aFollowedTrail();
    const controller = new AbortController();
    const { seen, handle } = collect();
    const subscription = subscriptions.subscribe({
      consumer: 'mails',
      signal: controller.signal,
      handle: (record) => {
        handle(record);
        if (record.position === 4) controller.abort();
      },
    });
    expect(await subscription.ended).toEqual({ ended: 'closed' });
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(await subscriptions.status('mails')).toEqual({ position: 4, stopped: null });
    const late = subscriptions.subscribe({ consumer: 'mails', signal: AbortSignal.abort(), handle });
    expect(await late.ended).toEqual({ ended: 'closed' });
    expect(seen).toHaveLength(4);
  });

  it('waits between two tries as long as it should, however often it is hinted meanwhile', async () => {
    const monolith = await aTrail();
    let hint = () => {};
    const hinting = setInterval(() => hint(), 1);
    onTestFinished(() => clearInterval(hinting));
    const hints = { listen: (listener: () => void) => ((hint = listener), () => {}) };
    const checkpoints = new InMemoryCheckpoints();
    const subscriptions = new Subscriptions({ eventStore: monolith.store, checkpoints, timers: systemTimers, hints });
    let isStopped = false;
    const begun = performance.now();
    closing(
      subscriptions.subscribe({
        consumer: 'mails',
        maxTries: 3,
        handle: () => Promise.reject(new Error('the mail server restarts')),
        onStopped: () => {
          isStopped = true;
        },
      }),
    );
    await until('it has stopped', () => isStopped);
    expect(performance.now() - begun).toBeGreaterThan(290);
  });

  it('waits as long while the store is away', async () => {
    const monolith = await aTrail();
    let hint = () => {};
    const hints = { listen: (listener: () => void) => ((hint = listener), () => {}) };
    const checkpoints = new InMemoryCheckpoints();
    checkpoints.open = async () => {
      await systemTimers.sleep(1);
      hint();
      throw new PaymentMethodsError('STORE_UNAVAILABLE', 'away');
    };
    const problems: unknown[] = [];
    const subscriptions = new Subscriptions({ eventStore: monolith.store, checkpoints, timers: systemTimers, hints });
    const onProblem = (error: unknown) => problems.push(error);
    closing(subscriptions.subscribe({ consumer: 'mails', handle: () => {}, onProblem }));
    await systemTimers.sleep(50);
    expect(problems).toHaveLength(1);
  });

  it.each<[string, () => unknown]>([
    [
      'throw',
      () => {
        throw new Error('the log is full');
      },
    ],
    ['reject', () => Promise.reject(new Error('the log is full'))],
  ])('goes on where the hooks of its host %s', async (_, hook) => {
    const { parts } = await aFollowedTrail();
    const checkpoints = new InMemoryCheckpoints();
    const open = checkpoints.open.bind(checkpoints);
    let down = 1;
    checkpoints.open = (...args) => {
      down -= 1;
      return down >= 0 ? Promise.reject(new PaymentMethodsError('STORE_UNAVAILABLE', 'away')) : open(...args);
    };
    const subscriptions = new Subscriptions({ ...parts, checkpoints });
    const { seen, handle } = collect();
    let isBroken = true;
    const subscription = closing(
      subscriptions.subscribe({
        consumer: 'mails',
        maxTries: 2,
        handle: (record) => {
          if (isBroken && record.position === 3) throw new Error('never');
          handle(record);
        },
        onProblem: hook,
        onStopped: hook,
      }),
    );
    await until('it has stopped', async () => (await subscriptions.status('mails'))?.stopped?.position === 3);
    isBroken = false;
    await subscriptions.resume('mails', { position: 3 });
    await until('it has caught up', () => seen.length === 11);
    await subscription.close();
    expect(await subscription.ended).toEqual({ ended: 'closed' });
  });

  it('moves the checkpoint on behind many events that are not asked for at once, exactly once too', async () => {
    const { subscriptions, checkpoints } = await aFollowedTrail();
    const moves: [number, number][] = [];
    const advance = checkpoints.advance.bind(checkpoints);
    checkpoints.advance = (consumer, from, to) => {
      moves.push([from, to]);
      return advance(consumer, from, to);
    };
    const { seen, handle } = collect();
    const types = ['PaymentMethodAttached' as const];
    closing(subscriptions.subscribe({ consumer: 'ledger', types, handleInTransaction: handle }));
    await until('it is at the head', async () => (await subscriptions.status('ledger'))?.position === 11);
    expect(seen).toHaveLength(2);
    expect(moves.length, JSON.stringify(moves)).toBeLessThanOrEqual(3);
  });

  it('tries again while the store is away, and says so; what was handled is not handled again', async () => {
    const { parts, store } = await aFollowedTrail();
    let down = 2;
    const eventStore = {
      readTrail: (options?: { after?: number | undefined }) => {
        down -= 1;
        if (down >= 0) throw new PaymentMethodsError('STORE_UNAVAILABLE', 'away');
        return store.readTrail(options);
      },
      readHead: () => store.readHead(),
      readStream: (stream: string) => store.readStream(stream),
    };
    const problems: unknown[] = [];
    const { seen, handle } = collect();
    const subscriptions = new Subscriptions({ ...parts, eventStore });
    closing(subscriptions.subscribe({ consumer: 'mails', handle, onProblem: (error) => problems.push(error) }));
    await until('it has caught up', () => seen.length === 11);
    expect(problems).toMatchObject([{ code: 'STORE_UNAVAILABLE' }, { code: 'STORE_UNAVAILABLE' }]);
    expect(seen).toEqual(positions(1, 11));
  });

  it('ends, and says why, when the store refuses', async () => {
    const { parts } = await aFollowedTrail();
    const refused = new PaymentMethodsError('STORE_REFUSED', 'no right');
    const checkpoints = new InMemoryCheckpoints();
    checkpoints.open = () => Promise.reject(refused);
    const subscription = new Subscriptions({ ...parts, checkpoints }).subscribe({
      consumer: 'mails',
      handle: () => {},
    });
    expect(await subscription.ended).toEqual({ ended: 'failed', error: refused });
  });

  it.each<[string, object]>([
    ['no consumer', { consumer: '', handle: () => {} }],
    ['no handler', { consumer: 'mails' }],
    ['two handlers', { consumer: 'mails', handle: () => {}, handleInTransaction: () => {} }],
    ['a batch of none', { consumer: 'mails', handle: () => {}, batchEvents: 0 }],
    ['a poll that no timer can wait for', { consumer: 'mails', handle: () => {}, pollMs: 2 ** 31 }],
    ['a type there is not', { consumer: 'mails', handle: () => {}, types: ['Attached'] }],
    ['a date that is not one', { consumer: 'mails', handle: () => {}, from: new Date('x') }],
  ])('refuses %s', async (_, options) => {
    const { subscriptions } = await aFollowedTrail();
    expect(() => subscriptions.subscribe(options as never)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^INVALID_/) }),
    );
  });
});

describe.each(['handle', 'handleInTransaction'] as const)('an event that %s cannot take', (way) => {
  it('is tried so often, then stops the consumer, which says where and why; the next process finds it so', async () => {
    const { subscriptions, waits } = await aFollowedTrail();
    const tried: number[] = [];
    const stops: StoppedAt[] = [];
    const failing = {
      [way]: ({ position }: TrailRecord) => {
        tried.push(position);
        if (position === 3) throw new TypeError('no such account');
      },
      consumer: 'mails',
      maxTries: 3,
      batchEvents: 100,
      onStopped: (stopped: StoppedAt) => stops.push(stopped),
    } as never;
    const subscription = closing(subscriptions.subscribe(failing));
    await until('it has stopped', () => stops.length === 1);
    const status = await subscriptions.status('mails');
    expect(status).toMatchObject({
      position: 2,
      stopped: { position: 3, type: 'AttachmentRefused', error: 'TypeError: no such account' },
    });
    expect(stops).toEqual([status?.stopped]);
    expect(tried.filter((position) => position === 3).length).toBeGreaterThanOrEqual(3);
    expect(tried).not.toContain(4);
    expect(waits.slice(0, 2)).toEqual([100, 200]);
    await subscription.close();
    closing(subscriptions.subscribe(failing));
    await until('the next one has stopped too', () => stops.length === 2);
    expect(tried).not.toContain(4);
  });

  it('is skipped by a decision that is recorded, and the consumer goes on by itself', async () => {
    const { subscriptions } = await aFollowedTrail();
    const { seen, handle } = collect();
    const options = {
      [way]: (record: TrailRecord) => {
        if (record.position === 3) throw new Error('never');
        handle(record);
      },
      consumer: 'mails',
      maxTries: 1,
    } as never;
    closing(subscriptions.subscribe(options));
    const isStopped = async () => (await subscriptions.status('mails'))?.stopped?.position === 3;
    await until('it has stopped', isStopped);
    const decision = { position: 3, actor: 'support-3', reason: 'CASE-7: sent by hand' };
    await expect(subscriptions.skip('mails', { ...decision, reason: ' ' })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
    });
    expect(await subscriptions.skip('mails', { ...decision, position: 4 })).toBe('notStopped');
    expect(await isStopped()).toBe(true);
    expect(await subscriptions.skip('mails', decision)).toBe('skipped');
    await until('it goes on', () => seen.length === 10);
    expect(seen).toEqual([1, 2, ...positions(4, 11)]);
    expect(await subscriptions.skipped('mails')).toMatchObject([{ ...decision, stopped: { error: 'Error: never' } }]);
  });

  it('is taken again once somebody resumes the consumer', async () => {
    const { subscriptions } = await aFollowedTrail();
    const { seen, handle } = collect();
    let isBroken = true;
    const options = {
      [way]: (record: TrailRecord) => {
        if (isBroken && record.position === 3) throw new Error('for now');
        handle(record);
      },
      consumer: 'mails',
      maxTries: 1,
    } as never;
    closing(subscriptions.subscribe(options));
    await until('it has stopped', async () => (await subscriptions.status('mails'))?.stopped?.position === 3);
    isBroken = false;
    expect(await subscriptions.resume('mails', { position: 3 })).toBe('resumed');
    await until('it goes on', () => seen.length === 11);
    expect(seen).toEqual(positions(1, 11));
  });

  it('because it cannot be decoded stops the consumer at once, unless it is of no type that is asked for', async () => {
    const { subscriptions, store } = await aFollowedTrail();
    await store.append([{ stream: 'else-1', expectedVersion: 0, events: [foreign()] }]);
    const { seen, handle } = collect();
    closing(subscriptions.subscribe({ [way]: handle, consumer: 'mails', batchEvents: 100 } as never));
    await until('it has stopped', async () => (await subscriptions.status('mails'))?.stopped?.position === 12);
    expect(seen).toEqual(positions(1, 11));
    expect((await subscriptions.status('mails'))?.stopped?.error).toContain('OfTomorrow');
    closing(subscriptions.subscribe({ [way]: () => {}, types: ['SetupBegun'], consumer: 'setups' } as never));
    await until('the other went by', async () => (await subscriptions.status('setups'))?.position === 12);
  });
});

describe('a handler that fails once', () => {
  it('is asked again after a moment, and nothing is left out', async () => {
    const { subscriptions, waits } = await aFollowedTrail();
    const { seen, handle } = collect();
    let failures = 2;
    const flaky = (record: TrailRecord) => {
      if (record.position === 5 && failures > 0) {
        failures -= 1;
        throw new Error('busy');
      }
      handle(record);
    };
    closing(subscriptions.subscribe({ consumer: 'mails', handle: flaky }));
    await until('it has caught up', () => seen.length === 11);
    expect(seen).toEqual(positions(1, 11));
    expect(waits.slice(0, 2)).toEqual([100, 200]);
  });
});

describe('two processes with one consumer', () => {
  it('exactly once: each event is handled by one of them', async () => {
    const { subscriptions, parts } = await aFollowedTrail();
    const { seen, handle } = collect();
    const handleInTransaction = async (record: TrailRecord) => {
      handle(record);
      await systemTimers.sleep(1);
    };
    closing(subscriptions.subscribe({ consumer: 'ledger', handleInTransaction }));
    closing(new Subscriptions(parts).subscribe({ consumer: 'ledger', handleInTransaction }));
    await until('they are at the head', async () => (await subscriptions.status('ledger'))?.position === 11);
    expect(seen).toEqual(positions(1, 11));
  });
});
