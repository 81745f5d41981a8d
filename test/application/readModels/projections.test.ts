import { describe, expect, it } from 'vitest';
import { openAttempts } from '../../../src/application/readModels/openAttempts.ts';
import { paymentMethodsByCustomer } from '../../../src/application/readModels/paymentMethodsByCustomer.ts';
import { ana } from '../support.ts';
import { aReadTrail, counts, doubled } from './support.ts';

describe('a read model', () => {
  it('is caught up to the head before it is read, where that is asked for', async () => {
    const { projections, paymentMethods } = await aReadTrail();
    const read = (caughtUp: boolean) => projections.read(paymentMethodsByCustomer, 'cus_Ana', { caughtUp });
    expect((await read(true))?.paymentMethods).toMatchObject([{ paymentMethodId: 'pm_1', status: 'detached' }]);
    await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_3' });
    expect((await read(false))?.paymentMethods).toHaveLength(1);
    expect((await read(true))?.paymentMethods).toMatchObject([
      { paymentMethodId: 'pm_1' },
      { paymentMethodId: 'pm_3', status: 'attached' },
    ]);
  });

  it('has no document under a key that no event was about', async () => {
    const { projections } = await aReadTrail();
    expect(await projections.read(paymentMethodsByCustomer, 'cus_Nobody', { caughtUp: true })).toBeUndefined();
  });

  it('lists what recovery has to look after', async () => {
    const { projections, paymentMethods, gateway } = await aReadTrail();
    gateway.losesRequest();
    await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_3', attemptId: 'a-3' });
    const listed = [];
    for await (const open of projections.list(openAttempts, { caughtUp: true })) listed.push(open);
    expect(listed).toMatchObject([
      {
        key: 'paymentMethod-pm_3',
        document: { requests: [{ sort: 'attachment', attemptId: 'a-3', why: 'connectionLost' }] },
      },
    ]);
  });

  it('lists more documents than one page holds, each once', async () => {
    const { projections, store } = await aReadTrail();
    const [sample] = await store.readStream('paymentMethod-pm_2');
    const streams = Array.from({ length: 1200 }, (_, index) => `paymentMethod-pm_9${index}`);
    for (const stream of streams) {
      const events = [
        {
          ...sample,
          type: 'AttachmentRequested',
          data: sample?.data ?? '',
          metadata: sample?.metadata ?? '',
          eventId: crypto.randomUUID(),
        },
      ];
      await store.append([{ stream, expectedVersion: 0, events }]);
    }
    const keys = [];
    for await (const { key } of projections.list(counts, { caughtUp: true })) keys.push(key);
    expect(keys).toEqual(['paymentMethod-pm_1', 'paymentMethod-pm_2', ...streams].sort());
  });

  it('is built no faster than whoever is told of the progress lets it', async () => {
    const { projections } = await aReadTrail(1);
    let resting = false;
    const began: boolean[] = [];
    await projections.rebuild(counts, {
      onProgress: async () => {
        began.push(resting);
        resting = true;
        await new Promise((resolve) => setTimeout(resolve, 1));
        resting = false;
      },
    });
    expect(began.length).toBeGreaterThan(2);
    expect(began).not.toContain(true);
  });

  it('that was never built is an error and not an empty answer', async () => {
    const { projections } = await aReadTrail();
    const error = { code: 'PROJECTION_NOT_BUILT', details: { projection: 'counts', version: 1 } };
    await expect(projections.read(counts, 'a')).rejects.toMatchObject(error);
    await expect(projections.list(counts).next()).rejects.toMatchObject(error);
  });

  it('is not troubled by events that it does not handle, be they of a type nobody knows', async () => {
    const { projections, store } = await aReadTrail();
    const event = { eventId: crypto.randomUUID(), type: 'OfTomorrow', data: '{}', metadata: '{}' };
    await store.append([{ stream: 'paymentMethod-pm_1', expectedVersion: 'any', events: [event] }]);
    expect(await projections.read(counts, 'paymentMethod-pm_1', { caughtUp: true })).toEqual({ n: 2 });
    expect(await projections.status(counts)).toMatchObject([{ state: 'active', position: 12 }]);
  });

  it('stays as it was when a handler throws, which is told with the event, and goes on once that is corrected', async () => {
    const { projections, paymentMethods } = await aReadTrail(1);
    await projections.catchUp(counts);
    const attachedLater = await paymentMethods.attach({ ...ana, paymentMethodId: 'pm_3' });
    expect(attachedLater.outcome).toBe('attached');
    const broken: typeof counts = {
      ...counts,
      handlers: {
        ...counts.handlers,
        PaymentMethodAttached: () => {
          throw new Error('out of order');
        },
      },
    };
    await expect(projections.catchUp(broken)).rejects.toMatchObject({
      code: 'PROJECTION_FAILED',
      message: expect.stringContaining('counts'),
      details: { projection: 'counts', version: 1, position: 13, type: 'PaymentMethodAttached' },
      cause: { message: 'out of order' },
    });
    expect(await projections.read(counts, 'paymentMethod-pm_3')).toEqual({ n: 1 });
    expect(await projections.read(counts, 'paymentMethod-pm_3', { caughtUp: true })).toEqual({ n: 2 });
  });
});

describe('a rebuild', () => {
  it('says how far it is, and is read as it was until it is done', async () => {
    const { projections, readModels } = await aReadTrail(4);
    await projections.catchUp(counts);
    const [before] = await readModels.generations('counts');
    const progress: unknown[] = [];
    const seen: unknown[] = [];
    await projections.rebuild(counts, {
      onProgress: (one) => {
        progress.push(one);
        seen.push(readModels.generations('counts'));
      },
    });
    expect(progress).toEqual([4, 8, 11].map((position) => ({ position, head: 11 })));
    expect(await Promise.all(seen)).toMatchObject([
      [{ state: 'building', position: 4 }, before],
      [{ state: 'building', position: 8 }, before],
      [{ state: 'building', position: 11 }, before],
    ]);
    expect(await projections.status(counts)).toMatchObject([{ state: 'active', position: 11 }]);
    expect((await projections.status(counts))[0]?.id).not.toBe(before?.id);
  });

  it('that is given up leaves what is read as it was, and is gone on with where it ended', async () => {
    const { projections, readModels } = await aReadTrail(4);
    await projections.catchUp(counts);
    const controller = new AbortController();
    const gaveUp = new Error('gave up');
    const onProgress = () => controller.abort(gaveUp);
    await expect(projections.rebuild(counts, { onProgress, signal: controller.signal })).rejects.toBe(gaveUp);
    expect(await readModels.generations('counts')).toMatchObject([
      { state: 'building', position: 4 },
      { state: 'active' },
    ]);
    expect(await projections.read(counts, 'paymentMethod-pm_1')).toEqual({ n: 2 });
    const positions: number[] = [];
    await projections.rebuild(counts, { onProgress: ({ position }) => positions.push(position) });
    expect(positions).toEqual([8, 11]);
  });

  it('comes by itself with a new version, and leaves the version before to the release before', async () => {
    const { projections } = await aReadTrail();
    await projections.catchUp(counts);
    expect(await projections.read(doubled, 'paymentMethod-pm_1', { caughtUp: true })).toEqual({ n: 2 });
    expect(await projections.status(counts)).toMatchObject([
      { version: 2, state: 'active' },
      { version: 1, state: 'active' },
    ]);
    expect(await projections.read(counts, 'paymentMethod-pm_1', { caughtUp: true })).toEqual({ n: 2 });
  });
});
