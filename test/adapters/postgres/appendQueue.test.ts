import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { AppendQueueLimits } from '../../../src/adapters/postgres/appendLimits.ts';
import type { Settled, Unit } from '../../../src/adapters/postgres/appendQueue.ts';
import type { AppendBatch, Observer } from '../../../src/application/ports/observer.ts';
import { AppendQueue } from '../../../src/adapters/postgres/appendQueue.ts';

type Named = Unit & { readonly name: string };

const unit = (name: string, streams = [name], bytes = 1): Named => ({ name, streams, bytes });

/** Whose call it is that runs, as what watches a driver asks for it. */
const callers = new AsyncLocalStorage<string>();

/** A queue whose calls stay in flight until the test lets them go. */
function aQueue(part: Partial<AppendQueueLimits> = {}, observer?: Pick<Observer, 'appendBatch'>) {
  const limits = {
    lanes: 2,
    maxBatchUnits: 100,
    maxBatchBytes: 1000,
    maxQueuedUnits: 50,
    maxQueuedBytes: 10_000,
    deadlineMs: 1000,
    ...part,
  };
  const calls: { readonly names: readonly string[]; readonly caller: unknown; readonly finish: () => void }[] = [];
  const queue = new AppendQueue<Named, string>(
    limits,
    (units) => {
      const names = units.map(({ name }) => name);
      return new Promise<readonly Settled<string>[]>((resolve) => {
        const finish = () => resolve(names.map((name) => (name.startsWith('bad') ? { error: name } : { value: name })));
        calls.push({ names, caller: callers.getStore(), finish });
      });
    },
    observer,
  );
  return { queue, calls };
}

/** A turn of the event loop, and the one at whose end the queue answers it. */
const turn = async () => {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
};

describe('group commit', () => {
  it('sends in the same turn of the event loop when idle, and what is pushed in one turn together', async () => {
    const { queue, calls } = aQueue();
    void queue.push(unit('a'));
    await Promise.resolve();
    void queue.push(unit('b'));
    expect(calls).toEqual([]);
    await new Promise(setImmediate);
    expect(calls.map(({ names }) => names)).toEqual([['a', 'b']]);
  });

  it('gathers what arrives while a call is in flight, and sends it in the next', async () => {
    const { queue, calls } = aQueue();
    void queue.push(unit('a'));
    await turn();
    for (const name of ['b', 'c', 'd']) {
      void queue.push(unit(name));
      await turn();
    }
    expect(calls.map(({ names }) => names)).toEqual([['a']]);
    calls[0]?.finish();
    await turn();
    expect(calls.map(({ names }) => names)).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('has those who push again when they are answered travel with the others who do', async () => {
    const { queue, calls } = aQueue();
    const caller = async (name: string) => {
      await queue.push(unit(name));
      for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
      await queue.push(unit(`${name} again`));
    };
    void Promise.all(['a', 'b', 'c'].map(caller));
    await turn();
    void queue.push(unit('d'));
    calls[0]?.finish();
    await turn();
    expect(calls[1]?.names).toEqual(['d', 'a again', 'b again', 'c again']);
  });

  it('fills the other lane once enough wait for it', async () => {
    const { queue, calls } = aQueue();
    void queue.push(unit('first'));
    await turn();
    for (let index = 0; index < 31; index += 1) void queue.push(unit(`u${index}`));
    await turn();
    expect(calls.map(({ names }) => names.length)).toEqual([1]);
    void queue.push(unit('u31'));
    await turn();
    expect(calls.map(({ names }) => names.length)).toEqual([1, 32]);
  });

  it('leaves half of a long queue for the other lane', async () => {
    const { queue, calls } = aQueue({ maxBatchUnits: 1000, maxQueuedUnits: 1000 });
    for (let index = 0; index < 300; index += 1) void queue.push(unit(`u${index}`));
    await turn();
    expect(calls.map(({ names }) => names.length)).toEqual([150, 75]);
  });

  it('keeps the appends to one stream in order: one in flight at a time', async () => {
    const { queue, calls } = aQueue();
    void queue.push(unit('first', ['s']));
    void queue.push(unit('second', ['s', 't']));
    void queue.push(unit('third', ['t']));
    void queue.push(unit('other', ['u']));
    await turn();
    expect(calls.map(({ names }) => names)).toEqual([['first', 'other']]);
    calls[0]?.finish();
    await turn();
    calls[1]?.finish();
    await turn();
    expect(calls.map(({ names }) => names)).toEqual([['first', 'other'], ['second'], ['third']]);
  });

  it('keeps to its limits of units and bytes, and lets one large unit through', async () => {
    const byUnits = aQueue({ maxBatchUnits: 3, lanes: 1 });
    for (const name of ['a', 'b', 'c', 'd']) void byUnits.queue.push(unit(name));
    await turn();
    expect(byUnits.calls[0]?.names).toEqual(['a', 'b', 'c']);
    const byBytes = aQueue({ maxBatchBytes: 10, lanes: 1 });
    for (const name of ['a', 'b', 'c']) void byBytes.queue.push(unit(name, [name], name === 'c' ? 99 : 6));
    await turn();
    expect(byBytes.calls[0]?.names).toEqual(['a']);
    byBytes.calls[0]?.finish();
    await turn();
    byBytes.calls[1]?.finish();
    await turn();
    expect(byBytes.calls.map(({ names }) => names)).toEqual([['a'], ['b'], ['c']]);
  });

  it('settles each unit with its own result', async () => {
    const { queue, calls } = aQueue();
    const settled = Promise.allSettled([queue.push(unit('good')), queue.push(unit('bad'))]);
    await turn();
    calls[0]?.finish();
    expect(await settled).toEqual([
      { status: 'fulfilled', value: 'good' },
      { status: 'rejected', reason: 'bad' },
    ]);
  });

  it('refuses more than it can hold, and says how many wait', async () => {
    const { queue } = aQueue({ maxQueuedUnits: 2 });
    void queue.push(unit('a'));
    void queue.push(unit('b'));
    await expect(queue.push(unit('c'))).rejects.toMatchObject({ code: 'STORE_OVERLOADED', details: { waiting: 2 } });
  });

  it('refuses more bytes than it can hold, until some have gone', async () => {
    const { queue, calls } = aQueue({ maxQueuedBytes: 10, lanes: 1 });
    void queue.push(unit('a', ['a'], 6));
    await expect(queue.push(unit('b', ['b'], 6))).rejects.toMatchObject({ code: 'STORE_OVERLOADED' });
    await turn();
    void queue.push(unit('c', ['c'], 6));
    calls[0]?.finish();
    await turn();
    expect(calls[1]?.names).toEqual(['c']);
  });

  it('drains on close, and then takes no more', async () => {
    const { queue, calls } = aQueue({ lanes: 1, maxBatchUnits: 1 });
    const pushed = [queue.push(unit('a')), queue.push(unit('b'))];
    let closed = false;
    const closing = queue.close().then(() => {
      closed = true;
    });
    await expect(queue.push(unit('c'))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await turn();
    calls[0]?.finish();
    await turn();
    expect(closed).toBe(false);
    calls[1]?.finish();
    await closing;
    expect(await Promise.all(pushed)).toEqual(['a', 'b']);
  });

  it('gives up on what waited longer than the deadline, without sending it, and goes on with the rest', async () => {
    const { queue, calls } = aQueue({ lanes: 1, maxBatchUnits: 1, deadlineMs: 30 });
    void queue.push(unit('a'));
    await turn();
    const old = queue.push(unit('old'));
    const refused = expect(old).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', details: { waitedMs: 30 } });
    await sleep(40);
    const young = queue.push(unit('young'));
    const closing = queue.close();
    calls[0]?.finish();
    await refused;
    await turn();
    expect(calls.map(({ names }) => names)).toEqual([['a'], ['young']]);
    calls[1]?.finish();
    expect(await young).toBe('young');
    await closing;
  });

  it('closes also when all that waits is given up', async () => {
    const { queue, calls } = aQueue({ lanes: 1, maxBatchUnits: 1, deadlineMs: 10 });
    void queue.push(unit('a'));
    await turn();
    const refused = expect(queue.push(unit('old'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await sleep(20);
    const closing = queue.close();
    calls[0]?.finish();
    await refused;
    await closing;
  });

  it('sends a batch on behalf of no caller, and the answer finds its own', async () => {
    const { queue, calls } = aQueue();
    const answered: unknown[] = [];
    const caller = (name: string) =>
      callers.run(name, async () => {
        await queue.push(unit(name));
        answered.push(callers.getStore());
      });
    const both = [caller('a'), caller('b')];
    await turn();
    void caller('c');
    calls[0]?.finish();
    await Promise.all(both);
    await turn();
    expect(calls.map((call) => [call.names.join(), call.caller])).toEqual([
      ['a,b', undefined],
      ['c', undefined],
    ]);
    expect(answered).toEqual(['a', 'b']);
  });

  it('closes at once when idle', async () => {
    await aQueue().queue.close();
  });
});

describe('an observer of batches', () => {
  it('is told how many went together, how long each waited, and how long the call took', async () => {
    const told: AppendBatch[] = [];
    const { queue, calls } = aQueue({}, { appendBatch: (batch) => told.push(batch) });
    void queue.push(unit('a'));
    await turn();
    void queue.push(unit('b'));
    await sleep(20);
    void queue.push(unit('c'));
    calls[0]?.finish();
    await turn();
    await sleep(10);
    calls[1]?.finish();
    await turn();
    expect(told.map(({ waitedMs }) => waitedMs.length)).toEqual([1, 2]);
    const [first, second] = told;
    expect(first?.tookMs).toBeGreaterThan(18);
    expect(second?.tookMs).toBeGreaterThan(8);
    expect(second?.waitedMs[0]).toBeGreaterThan(18);
    expect(second?.waitedMs[1]).toBeLessThan(second?.waitedMs[0] ?? 0);
  });

  it('is told when those who were answered have gone on, and before the queue is closed', async () => {
    const order: string[] = [];
    const { queue, calls } = aQueue({}, { appendBatch: () => order.push('told') });
    const caller = async () => {
      await queue.push(unit('a'));
      for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
      order.push('gone on');
    };
    const going = caller();
    await turn();
    calls[0]?.finish();
    await going;
    await queue.close();
    order.push('closed');
    expect(order).toEqual(['gone on', 'told', 'closed']);
  });

  it('changes nothing where it throws', async () => {
    const appendBatch = () => {
      throw new Error('the observer is broken');
    };
    const { queue, calls } = aQueue({}, { appendBatch });
    const pushed = queue.push(unit('a'));
    await turn();
    calls[0]?.finish();
    expect(await pushed).toBe('a');
    await queue.close();
  });
});
