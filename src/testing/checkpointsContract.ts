import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import type { Checkpoints, StoppedAt } from '../application/ports/checkpoints.ts';
import type { ContractCase } from './eventStore/support.ts';

/** Checkpoints of nobody; with a trail's name, further ones over what those of that name keep. */
export type MakeCheckpoints = (trail?: string) => Promise<Checkpoints<unknown>>;

const stopped: StoppedAt = {
  position: 8,
  eventId: '5f0c6f0e-3d0a-4a52-9d2f-0d8f8f6f1c11',
  type: 'PaymentMethodAttached',
  error: 'Error: "no" \\ \n 🂡',
};
const decision = { position: 8, actor: 'support-3', reason: 'it’s a duplicate; $1 "see" CASE-7' };

/** What every `Checkpoints` must do, whatever it is made of. */
export function checkpointsContract(makeCheckpoints: MakeCheckpoints): readonly ContractCase[] {
  return [...movingCases(makeCheckpoints), ...transactionCases(makeCheckpoints), ...stoppingCases(makeCheckpoints)];
}

function movingCases(makeCheckpoints: MakeCheckpoints): ContractCase[] {
  return [
    {
      name: 'a consumer has no checkpoint until it is opened, and is opened once',
      run: async () => {
        const checkpoints = await makeCheckpoints();
        equal(await checkpoints.read('mails'), null);
        deepEqual(await checkpoints.open('mails', 5), { position: 5, stopped: null });
        deepEqual(await checkpoints.open('mails', 9), { position: 5, stopped: null });
        deepEqual(await checkpoints.read('mails'), { position: 5, stopped: null });
        equal(await checkpoints.read('ledger'), null);
      },
    },
    {
      name: 'a checkpoint moves from where it is, and from nowhere else',
      run: async () => {
        const checkpoints = await makeCheckpoints();
        equal(await checkpoints.advance('mails', 0, 5), 'outrun');
        await checkpoints.open('mails', 0);
        equal(await checkpoints.advance('mails', 0, 5), 'advanced');
        equal(await checkpoints.advance('mails', 0, 6), 'outrun');
        equal(await checkpoints.advance('mails', 6, 7), 'outrun');
        deepEqual(await checkpoints.read('mails'), { position: 5, stopped: null });
      },
    },
    {
      name: 'of processes that move a checkpoint from one position at once, one does',
      run: async () => {
        const processes = await Promise.all(Array.from({ length: 8 }, () => makeCheckpoints('moved')));
        await Promise.all(processes.map((one) => one.open('mails', 0)));
        const results = await Promise.all(processes.map((one, index) => one.advance('mails', 0, index + 1)));
        equal(results.filter((result) => result === 'advanced').length, 1);
        const position = results.indexOf('advanced') + 1;
        deepEqual(await processes[0]?.read('mails'), { position, stopped: null });
      },
    },
    {
      name: 'trails of their own have checkpoints of their own',
      run: async () => {
        const [one, other] = [await makeCheckpoints('one'), await makeCheckpoints('other')];
        await one.open('mails', 3);
        equal(await other.read('mails'), null);
      },
    },
  ];
}

function transactionCases(makeCheckpoints: MakeCheckpoints): ContractCase[] {
  return [
    {
      name: 'a checkpoint moves when the work is done, and not when it throws, which is passed on',
      run: async () => {
        const checkpoints = await makeCheckpoints();
        await checkpoints.open('ledger', 0);
        const fault = new Error('no such account');
        await rejects(
          checkpoints.transact('ledger', 0, 5, () => Promise.reject(fault)),
          (error) => error === fault,
        );
        deepEqual(await checkpoints.read('ledger'), { position: 0, stopped: null });
        equal(await checkpoints.transact('ledger', 0, 5, async () => {}), 'advanced');
        deepEqual(await checkpoints.read('ledger'), { position: 5, stopped: null });
      },
    },
    {
      name: 'of processes that do the work of one position at once, one does it, and the others wait and are outrun',
      run: async () => {
        const processes = await Promise.all(Array.from({ length: 4 }, () => makeCheckpoints('worked')));
        await Promise.all(processes.map((one) => one.open('ledger', 0)));
        let done = 0;
        const work = async () => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          done += 1;
        };
        const results = await Promise.all(processes.map((one) => one.transact('ledger', 0, 1, work)));
        equal(done, 1);
        deepEqual(results.sort(), ['advanced', 'outrun', 'outrun', 'outrun']);
      },
    },
  ];
}

function stoppingCases(makeCheckpoints: MakeCheckpoints): ContractCase[] {
  const stoppedConsumer = async () => {
    const checkpoints = await makeCheckpoints();
    await checkpoints.open('mails', 5);
    equal(await checkpoints.stop('mails', 5, stopped), 'stopped');
    return checkpoints;
  };
  return [
    {
      name: 'a consumer that has stopped says where and why, and moves no more',
      run: async () => {
        const checkpoints = await stoppedConsumer();
        deepEqual(await checkpoints.open('mails', 0), { position: 7, stopped });
        equal(await checkpoints.advance('mails', 7, 9), 'outrun');
        equal(await checkpoints.transact('mails', 7, 9, () => Promise.reject(new Error('never'))), 'outrun');
        equal(await checkpoints.stop('mails', 7, { ...stopped, error: 'another' }), 'outrun');
        deepEqual(await checkpoints.read('mails'), { position: 7, stopped });
      },
    },
    {
      name: 'it stops only from where it is',
      run: async () => {
        const checkpoints = await makeCheckpoints();
        await checkpoints.open('mails', 5);
        equal(await checkpoints.stop('mails', 4, stopped), 'outrun');
        deepEqual(await checkpoints.read('mails'), { position: 5, stopped: null });
      },
    },
    {
      name: 'it is resumed before the event that it stopped at',
      run: async () => {
        const checkpoints = await stoppedConsumer();
        equal(await checkpoints.resume('mails', 9), 'notStopped');
        equal(await checkpoints.resume('mails', 8), 'resumed');
        equal(await checkpoints.resume('mails', 8), 'notStopped');
        deepEqual(await checkpoints.read('mails'), { position: 7, stopped: null });
        deepEqual(await checkpoints.skipped('mails'), []);
      },
    },
    {
      name: 'it is resumed and let go on whatever its handler said, halves of characters and all',
      run: async () => {
        for (const error of ['Error: \u0000', `Error: ${'🂡'.slice(0, 1)}`, '\\u0000 "']) {
          const checkpoints = await makeCheckpoints();
          await checkpoints.open('mails', 7);
          equal(await checkpoints.stop('mails', 7, { ...stopped, error }), 'stopped');
          equal(await checkpoints.resume('mails', 8), 'resumed');
          equal(await checkpoints.stop('mails', 7, { ...stopped, error }), 'stopped');
          equal(await checkpoints.skip('mails', decision), 'skipped');
          deepEqual(await checkpoints.read('mails'), { position: 8, stopped: null });
          equal((await checkpoints.skipped('mails'))[0]?.stopped.error, error);
        }
      },
    },
    {
      name: 'it is let go on behind the event by a decision, which is kept; about no other event, and once',
      run: async () => {
        const checkpoints = await stoppedConsumer();
        equal(await checkpoints.skip('mails', { ...decision, position: 9 }), 'notStopped');
        equal(await checkpoints.skip('ledger', decision), 'notStopped');
        const results = await Promise.all([checkpoints.skip('mails', decision), checkpoints.skip('mails', decision)]);
        deepEqual(results.sort(), ['notStopped', 'skipped']);
        deepEqual(await checkpoints.read('mails'), { position: 8, stopped: null });
        const [{ skippedAt, ...kept } = { skippedAt: '' }, ...others] = await checkpoints.skipped('mails');
        deepEqual(kept, { ...decision, stopped });
        match(skippedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        deepEqual(others, []);
        deepEqual(await checkpoints.skipped('ledger'), []);
      },
    },
  ];
}
