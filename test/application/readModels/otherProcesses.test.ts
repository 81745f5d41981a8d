import { describe, expect, it } from 'vitest';
import { aReadTrail, counts, doubled } from './support.ts';

type ReadTrail = Awaited<ReturnType<typeof aReadTrail>>;
const pm1 = 'paymentMethod-pm_1';

/** A process of which another does this as soon as it has begun a generation, the first time. */
function overtakenBy({ readModels, process }: ReadTrail, doesElse: () => Promise<void>) {
  const begun: string[] = [];
  const begin: typeof readModels.begin = async (projection) => {
    const generation = await readModels.begin(projection);
    begun.push(generation.id);
    if (begun.length === 1) await doesElse();
    return generation;
  };
  return { begun, projections: process({ begin }) };
}

/** Goes so many batches, and no further. */
async function breaksOff({ process }: ReadTrail, projection: typeof counts, batchEvents: number) {
  const gaveUp = new AbortController();
  const options = { onProgress: () => gaveUp.abort(), signal: gaveUp.signal };
  await expect(process({}, batchEvents).rebuild(projection, options)).rejects.toMatchObject({ name: 'AbortError' });
}

describe('a rebuild', () => {
  it('is done where another process finished it, and others have replaced it since', async () => {
    const trail = await aReadTrail();
    const { begun, projections } = overtakenBy(trail, async () => {
      await trail.projections.rebuild(counts);
      await trail.projections.rebuild(counts);
    });
    await projections.rebuild(counts);
    expect(begun).toEqual(['1']);
    expect(await projections.status(counts)).toMatchObject([{ id: '2', state: 'active' }]);
  });

  it('begins anew where another version took its place and it went with what was older', async () => {
    const trail = await aReadTrail();
    await trail.projections.rebuild(counts);
    const { begun, projections } = overtakenBy(trail, () => trail.projections.rebuild(doubled));
    await projections.rebuild(counts);
    expect(begun).toEqual(['2', '4']);
    expect(await projections.status(counts)).toMatchObject([
      { id: '4', version: 1, state: 'active' },
      { id: '3', version: 2, state: 'active' },
    ]);
    expect(await projections.read(counts, pm1)).toEqual({ n: 2 });
  });

  it('leaves the newer one of another version alone', async () => {
    const trail = await aReadTrail();
    const { projections } = overtakenBy(trail, () => breaksOff(trail, doubled, 4));
    await projections.rebuild(counts);
    expect(await projections.read(counts, pm1)).toEqual({ n: 2 });
    expect(await projections.status(counts)).toMatchObject([
      { version: 2, state: 'building', position: 4 },
      { version: 1, state: 'active', position: 11 },
    ]);
  });

  it('goes on from where another process came meanwhile, and takes its place at the head alone', async () => {
    const trail = await aReadTrail(4);
    const { readModels, process } = trail;
    let isFirst = true;
    const apply: typeof readModels.apply = async (...args) => {
      if (isFirst) {
        isFirst = false;
        await breaksOff(trail, counts, 3);
      }
      return readModels.apply(...args);
    };
    await process({ apply }).rebuild(counts);
    expect(await readModels.generations('counts')).toMatchObject([{ state: 'active', position: 11 }]);
    expect(await process().read(counts, pm1)).toEqual({ n: 2 });
  });

  it('is given up where what is in use is always further, after a hundred tries', async () => {
    const { process } = await aReadTrail();
    let tries = 0;
    const activate = async () => {
      tries += 1;
      return 'behind' as const;
    };
    await expect(process({ activate }).rebuild(counts)).rejects.toMatchObject({
      code: 'CONTENTION',
      message: expect.stringContaining('counts'),
      details: { projection: 'counts', version: 1 },
    });
    expect(tries).toBe(100);
  });
});

describe('a catch-up', () => {
  it('finishes what was never finished, and takes nothing for done before', async () => {
    const trail = await aReadTrail();
    await breaksOff(trail, counts, 10);
    expect(await trail.readModels.generations('counts')).toMatchObject([{ state: 'building', position: 10 }]);
    expect(await trail.projections.read(counts, pm1, { caughtUp: true })).toEqual({ n: 2 });
  });

  it('for the sake of a read is given up with the read', async () => {
    const { readModels, process } = await aReadTrail(4);
    const reading = new AbortController();
    const gaveUp = new Error('gave up');
    const apply: typeof readModels.apply = (...args) => {
      reading.abort(gaveUp);
      return readModels.apply(...args);
    };
    const { signal } = reading;
    await expect(process({ apply }).read(counts, pm1, { caughtUp: true, signal })).rejects.toBe(gaveUp);
    expect(await readModels.generations('counts')).toMatchObject([{ position: 4 }]);
  });
});

describe('what is kept of the documents', () => {
  it('is loaded once, and nothing is asked for where a batch needs none', async () => {
    const { readModels, process } = await aReadTrail(1);
    const loaded: (readonly string[])[] = [];
    const load: typeof readModels.load = (...args) => {
      loaded.push(args[2]);
      return readModels.load(...args);
    };
    await process({ load }).rebuild(counts);
    expect(loaded).toEqual([[pm1], ['paymentMethod-pm_2']]);
  });

  it('is written where it changed, and about nothing where an event is about none', async () => {
    const { readModels, process } = await aReadTrail();
    const changed: unknown[] = [];
    const apply: typeof readModels.apply = (...args) => {
      changed.push(...args[2].changes);
      return readModels.apply(...args);
    };
    const ofPm2: typeof counts = {
      ...counts,
      keyOf: ({ stream }) => (stream === pm1 ? undefined : stream),
      handlers: { AttachmentRequested: () => undefined, PaymentMethodAttached: (before) => before },
    };
    await process({ apply }).rebuild(ofPm2);
    expect(changed).toEqual([]);
    await process({ apply }).rebuild({ ...ofPm2, handlers: counts.handlers });
    expect(changed).toEqual([{ key: 'paymentMethod-pm_2', document: '{"n":2}' }]);
  });

  it('cannot be counted before it was built', async () => {
    const { projections } = await aReadTrail();
    const error = { code: 'PROJECTION_NOT_BUILT', message: expect.stringContaining('counts') };
    await expect(projections.tally(counts, { by: 'n', least: 'n' })).rejects.toMatchObject(error);
  });
});
