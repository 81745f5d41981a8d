import { getEventListeners } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { InMemoryCheckpoints } from '../../../src/adapters/memory/inMemoryCheckpoints.ts';
import { systemTimers } from '../../../src/adapters/system/system.ts';
import type { TrailRecord } from '../../../src/application/events/eventCodec.ts';
import type { Timers } from '../../../src/application/ports/timers.ts';
import type { SubscriptionHooks } from '../../../src/application/reading/subscription.ts';
import { Subscriptions } from '../../../src/application/reading/subscriptions.ts';
import { until } from '../../support/until.ts';
import { aTrail } from './support.ts';

/** A consumer of eleven events, whose handler throws as often as it is told to at each position. */
async function aConsumer(
  throwsAt: Readonly<Record<number, number>>,
  options: SubscriptionHooks & { maxTries: number },
) {
  const { store: eventStore } = await aTrail();
  const timers: Timers = { sleep: (ms, signal) => systemTimers.sleep(Math.min(ms, 2), signal) };
  const subscriptions = new Subscriptions({ eventStore, checkpoints: new InMemoryCheckpoints(), timers });
  const tries = new Map<number, number>();
  const handle = ({ position }: TrailRecord) => {
    const tried = (tries.get(position) ?? 0) + 1;
    tries.set(position, tried);
    if (tried <= (throwsAt[position] ?? 0)) throw new Error('x'.repeat(600));
  };
  const subscription = subscriptions.subscribe({ consumer: 'mails', handle, ...options });
  onTestFinished(() => subscription.close());
  const status = () => subscriptions.status('mails');
  return { subscription, subscriptions, tries, status };
}

it('an event is tried as often as the consumer allows, and no more often', async () => {
  const stopped: unknown[] = [];
  const { tries, status, subscription } = await aConsumer(
    { 3: 99 },
    { maxTries: 3, onStopped: (at) => stopped.push(at) },
  );
  await until('it has stopped', async () => (await status())?.stopped !== null && stopped.length > 0);
  await subscription.close();
  expect(tries.get(3)).toBe(3);
  expect(stopped).toEqual([(await status())?.stopped]);
});

it('each event has its own tries: what one of them took says nothing of the next', async () => {
  const { tries, status } = await aConsumer({ 3: 1, 5: 1, 6: 1 }, { maxTries: 2 });
  await until('it is through', async () => (await status())?.position === 11);
  expect([3, 4, 5, 6].map((position) => tries.get(position))).toEqual([2, 1, 2, 2]);
});

it('an event that is resumed has all its tries again', async () => {
  const { tries, status, subscriptions } = await aConsumer({ 3: 3 }, { maxTries: 2 });
  await until('it has stopped', async () => (await status())?.stopped?.position === 3);
  await subscriptions.resume('mails', { position: 3 });
  await until('it is through', async () => (await status())?.position === 11);
  expect(tries.get(3)).toBe(4);
});

it('what an event failed with is kept, up to 500 characters', async () => {
  const { status } = await aConsumer({ 1: 9 }, { maxTries: 1 });
  await until('it has stopped', async () => (await status())?.stopped?.position === 1);
  expect((await status())?.stopped?.error).toBe(`Error: ${'x'.repeat(493)}`);
});

it('a consumer that has ended leaves no listener at its signal', async () => {
  const { store: eventStore } = await aTrail();
  const subscriptions = new Subscriptions({
    eventStore,
    checkpoints: new InMemoryCheckpoints(),
    timers: systemTimers,
  });
  const { signal } = new AbortController();
  const subscription = subscriptions.subscribe({ consumer: 'mails', handle: () => {}, pollMs: 1, signal });
  expect(getEventListeners(signal, 'abort')).not.toEqual([]);
  await subscription.close();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
