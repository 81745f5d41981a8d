import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { FoldedOpenAttempts } from '../../../src/application/readModels/foldedOpenAttempts.ts';
import type { OpenStream } from '../../../src/application/readModels/openAttempts.ts';
import { aMonolith, dying } from '../support.ts';

const far = { requestedBefore: '9999-01-01T00:00:00.000Z', limit: 100 };

/** Attempts of a process that died, one a minute, on pm_1, pm_2 … */
async function aTrailWithOpen(count: number) {
  const monolith = aMonolith();
  const dead = monolith.process({ gateway: dying(monolith, false) });
  for (let number = 1; number <= count; number += 1) {
    void dead.attach({ paymentMethodId: `pm_${number}`, customer: 'cus_Ana', actor: 'user-7' });
    monolith.passes(60_000);
  }
  await monolith.trail();
  return monolith;
}

const streams = (found: readonly { stream: string }[]) => found.map(({ stream }) => stream);

describe('the open attempts, folded in memory', () => {
  it('are answered oldest first, page by page, up to an age', async () => {
    const { store } = await aTrailWithOpen(4);
    const open = new FoldedOpenAttempts(store);
    const first = await open.read({ ...far, limit: 2 });
    expect(streams(first)).toEqual(['paymentMethod-pm_1', 'paymentMethod-pm_2']);
    const second = await open.read({ ...far, limit: 2, after: first.at(-1) });
    expect(streams(second)).toEqual(['paymentMethod-pm_3', 'paymentMethod-pm_4']);
    const { since } = second[0] ?? { since: '' };
    expect(streams(await open.read({ ...far, requestedBefore: since }))).toEqual(streams(first));
  });

  it('are answered oldest first, in whatever order they came to be open', async () => {
    const { store, passes, paymentMethods, gateway } = aMonolith();
    const at = [5, 1, 4, 2, 3, 0];
    gateway.losesResponse({ times: 100 });
    gateway.losesResponse({ times: 100, of: 'lookUp' });
    for (const [index, minute] of at.entries()) {
      const wait = (minute - (at[index - 1] ?? 0)) * 60_000;
      passes(wait);
      await paymentMethods.attach({ paymentMethodId: `pm_${minute}`, customer: 'cus_Ana', actor: 'user-7' });
    }
    const open = new FoldedOpenAttempts(store);
    const names: string[] = [];
    for (let after: OpenStream | undefined; ; ) {
      const page = await open.read({ ...far, limit: 2, after });
      names.push(...streams(page));
      after = page.at(-1);
      if (page.length < 2) break;
    }
    expect(names).toEqual([0, 1, 2, 3, 4, 5].map((minute) => `paymentMethod-pm_${minute}`));
  });

  it('are caught up with the trail at every call, and read what they have seen no second time', async () => {
    const monolith = await aTrailWithOpen(2);
    const afters: (number | undefined)[] = [];
    const open = new FoldedOpenAttempts({
      readTrail: (options) => {
        afters.push(options?.after);
        return monolith.store.readTrail(options);
      },
    });
    await open.read(far);
    await monolith.paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'ops' });
    expect(streams(await open.read(far))).toEqual(['paymentMethod-pm_2']);
    expect(afters).toEqual([0, 1]);
  });

  it('count every doubt once, however often they are looked at', async () => {
    const { store, paymentMethods, gateway } = aMonolith();
    gateway.losesResponse({ times: 9 });
    gateway.losesResponse({ times: 9, of: 'lookUp' });
    await paymentMethods.attach({ paymentMethodId: 'pm_1', customer: 'cus_Ana', actor: 'user-7' });
    const open = new FoldedOpenAttempts(store);
    const before = await open.read(far);
    expect(before[0]?.requests[0]?.tries).toBeGreaterThan(0);
    expect(await open.read(far)).toEqual(before);
  });

  it('are not troubled by an event of a type nobody knows', async () => {
    const { store } = await aTrailWithOpen(1);
    const event = { eventId: randomUUID(), type: 'OfTomorrow', data: '{}', metadata: '{}' };
    await store.append([{ stream: 'paymentMethod-pm_9', expectedVersion: 0, events: [event] }]);
    expect(await new FoldedOpenAttempts(store).read(far)).toHaveLength(1);
  });

  it('two calls at once both see what was there when they were made', async () => {
    const { store } = await aTrailWithOpen(1);
    const open = new FoldedOpenAttempts(store);
    const [one, two] = await Promise.all([open.read(far), open.read(far)]);
    expect([one.length, two.length]).toEqual([1, 1]);
  });

  it('a failover that took the end of the trail takes what was open in it', async () => {
    const [before, after] = [await aTrailWithOpen(3), await aTrailWithOpen(1)];
    let store: InMemoryEventStore = before.store;
    const open = new FoldedOpenAttempts({ readTrail: (options) => store.readTrail(options) });
    expect(await open.read(far)).toHaveLength(3);
    store = after.store;
    expect(streams(await open.read(far))).toEqual(['paymentMethod-pm_1']);
  });

  it('a failover that took the end of the trail takes what was open in it, also once others have appended as much', async () => {
    const [before, after] = [await aTrailWithOpen(3), await aTrailWithOpen(1)];
    for (const attemptId of ['a', 'b', 'c']) {
      await after.paymentMethods.detach({ paymentMethodId: 'pm_9', actor: 'user-7', attemptId });
    }
    let store: InMemoryEventStore = before.store;
    const open = new FoldedOpenAttempts({ readTrail: (options) => store.readTrail(options) });
    expect(await open.read(far)).toHaveLength(3);
    store = after.store;
    expect(streams(await open.read(far))).toEqual(['paymentMethod-pm_1']);
  });

  it('an event it cannot read fails the call, and the next one tries again', async () => {
    const { store } = await aTrailWithOpen(1);
    let isBroken = true;
    const open = new FoldedOpenAttempts({
      async *readTrail(options) {
        for await (const recorded of store.readTrail(options)) yield isBroken ? { ...recorded, data: '{}' } : recorded;
      },
    });
    await expect(open.read(far)).rejects.toMatchObject({ code: 'EVENT_INVALID' });
    isBroken = false;
    expect(await open.read(far)).toHaveLength(1);
  });
});
