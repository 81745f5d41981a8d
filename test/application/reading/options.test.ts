import { describe, expect, it } from 'vitest';
import { InMemoryCheckpoints } from '../../../src/adapters/memory/inMemoryCheckpoints.ts';
import { systemTimers } from '../../../src/adapters/system/system.ts';
import type { ReadOptions } from '../../../src/application/reading/readCommand.ts';
import type { Subscriptions as Followed } from '../../../src/application/reading/subscriptions.ts';
import { Subscriptions } from '../../../src/application/reading/subscriptions.ts';
import { Trail } from '../../../src/application/reading/trail.ts';
import { aTrail, listed } from './support.ts';

async function subscriptionsOf(): Promise<Followed> {
  const { store: eventStore } = await aTrail();
  return new Subscriptions({ eventStore, checkpoints: new InMemoryCheckpoints(), timers: systemTimers });
}

const handle = () => {};

describe('subscribe', () => {
  it.each<[string, object, RegExp]>([
    ['a consumer without a name', { consumer: '' }, /^consumer must be 1 to 100 .*; it is ""\.$/],
    ['a name of 101 characters', { consumer: 'x'.repeat(101) }, /^consumer must be/],
    ['a name with a space before it', { consumer: ' a' }, /^consumer must be/],
    ['a name with a line feed behind it', { consumer: 'a\n' }, /^consumer must be/],
    ['no handler', { handle: undefined }, /^Give exactly one of handle and handleInTransaction, a function\.$/],
    ['two handlers', { handleInTransaction: handle }, /^Give exactly one/],
    ['a handler that is none', { handle: 'handle' }, /^Give exactly one/],
    ['a batch of none', { batchEvents: 0 }, /^batchEvents must be a whole number from 1; it is 0\.$/],
    ['half an event', { batchEvents: 1.5 }, /^batchEvents must be a whole number from 1; it is 1.5\.$/],
    ['no try', { maxTries: 0 }, /^maxTries must be/],
    ['no wait', { pollMs: 0 }, /^pollMs must be/],
    ['a wait that no timer can take', { pollMs: 2 ** 31 }, /^pollMs must be/],
    ['a wait that is none', { pollMs: Number.NaN }, /^pollMs must be/],
  ])('refuses %s, and says what it must be', async (_, part, message) => {
    const subscriptions = await subscriptionsOf();
    const call = () => subscriptions.subscribe({ consumer: 'mails', handle, ...part });
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
  });

  it.each<[string, object]>([
    ['a name of one', { consumer: 'x' }],
    ['a name of 100 characters', { consumer: 'x'.repeat(100) }],
    ['a name with signs', { consumer: 'a.b_c:d-9' }],
    ['the least of everything', { batchEvents: 1, maxTries: 1, pollMs: 1 }],
    ['the longest wait that a timer takes', { pollMs: 2 ** 31 - 1 }],
    ['no types', { types: [] }],
    ['the end', { from: 'end' }],
  ])('takes %s', async (_, part) => {
    const subscription = (await subscriptionsOf()).subscribe({ consumer: 'mails', handle, ...part });
    await subscription.close();
    expect(await subscription.ended).toEqual({ ended: 'closed' });
  });

  it.each([
    ['who', { actor: '', reason: 'CASE-7' }],
    ['who', { actor: ' ', reason: 'CASE-7' }],
    ['why', { actor: 'support-3', reason: '' }],
  ])('an event is not skipped where nobody says %s', async (_, decision) => {
    const skip = (await subscriptionsOf()).skip('mails', { position: 3, ...decision });
    await expect(skip).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringMatching(/actor.*reason/),
    });
  });

  it('nothing is skipped or resumed of a consumer that has not stopped', async () => {
    const subscriptions = await subscriptionsOf();
    const decision = { position: 3, actor: 'support-3', reason: 'CASE-7' };
    expect(await subscriptions.skip('mails', decision)).toBe('notStopped');
    expect(await subscriptions.resume('mails', { position: 3 })).toBe('notStopped');
    expect(await subscriptions.skipped('mails')).toEqual([]);
    expect(await subscriptions.status('mails')).toBeNull();
  });
});

describe('trail.read', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['a position before all others', { after: -1 }, 'after', /./],
    ['a place that is none', { upTo: 'end' }, 'upTo', /must be a position/],
    ['a type that every object has', { types: ['constructor'] }, 'types.0', /must be a type of event: .*, Attach/],
    ['a list as a type', { types: [['SetupBegun']] }, 'types.0', /must be a type of event/],
    ['a stream without a name', { stream: '' }, 'stream', /./],
    ['a stream of 501 characters', { stream: 'x'.repeat(501) }, 'stream', /./],
    ['a list as a customer', { customer: ['cus_Ana'] }, 'customer', /must be a customer id .*or an account id/],
    ['instants that run backwards', { after: new Date(1), upTo: new Date(0) }, 'upTo', /must not be before after/],
    ['positions that run backwards', { after: 1, upTo: 0 }, 'upTo', /must not be before after/],
  ])('refuses %s, and says what it must be', async (_, options, field, message) => {
    const { store } = await aTrail();
    const call = () => new Trail({ eventStore: store }).read(options as ReadOptions);
    expect(call).toThrow(expect.objectContaining({ details: { call: 'read', fields: [field] } }));
    expect(call).toThrow(message);
  });

  it.each<[string, ReadOptions, number]>([
    ['an instant and a position, wherever they are', { after: new Date(0), upTo: 2 }, 2],
    ['a position and an instant', { after: 99, upTo: new Date(0) }, 0],
    ['an instant and itself', { after: new Date(5), upTo: new Date(5) }, 0],
    ['a stream of 500 characters', { stream: 'x'.repeat(500) }, 0],
    ['a stream of one', { stream: 'x' }, 0],
    ['an account', { customer: 'acct_1' }, 0],
  ])('takes %s', async (_, options, length) => {
    const { store } = await aTrail();
    expect(await listed(new Trail({ eventStore: store }).read(options))).toHaveLength(length);
  });

  it('ends by its signal, before it reads and while it reads, with the reason', async () => {
    const { store } = await aTrail();
    const trail = new Trail({ eventStore: store });
    const reason = new Error('enough');
    await expect(listed(trail.read({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    const stop = new AbortController();
    const events = trail.read({ signal: stop.signal });
    await events.next();
    stop.abort(reason);
    await expect(events.next()).rejects.toBe(reason);
  });
});

describe('a comparison that runs backwards', () => {
  it.each<[string, (trail: Trail) => Promise<unknown>]>([
    ['compareCustomer', (trail) => trail.compareCustomer('cus_Ana', { from: { position: 5 }, to: { position: 4 } })],
    [
      'comparePaymentMethod',
      (trail) => trail.comparePaymentMethod('pm_1', { from: { version: 2 }, to: { version: 1 } }),
    ],
  ])('is refused by %s, which names what is wrong', async (call, compare) => {
    const { store } = await aTrail();
    await expect(compare(new Trail({ eventStore: store }))).rejects.toMatchObject({
      code: 'INVALID_COMMAND',
      details: { call, fields: ['to'] },
      message: expect.stringMatching(`^${call}: to: must not be before from`),
    });
  });
});
