import { deepEqual, equal } from 'node:assert/strict';
import type { ContractCase } from '../eventStore/support.ts';
import type { MakeReadModels } from './support.ts';
import { first, positions, put } from './support.ts';

/** What happens where several processes are at it. */
export function raceCases(makeReadModels: MakeReadModels): ContractCase[] {
  return [
    {
      name: 'of calls from one position, one is applied, also all at once and by several processes',
      run: async () => {
        const processes = await Promise.all(Array.from({ length: 8 }, () => makeReadModels('raced')));
        const [models = await makeReadModels('raced')] = processes;
        const { id } = await models.begin(first);
        for (let from = 0; from < 5; from += 1) {
          const results = await Promise.all(
            processes.map((one, index) =>
              one.apply('cards', id, {
                from,
                to: from + 1,
                changes: [
                  { key: `${from}`, document: `${index}` },
                  { key: `${index}-${from}`, document: '1' },
                ],
              }),
            ),
          );
          equal(results.filter((result) => result === 'applied').length, 1);
          const winner = String(results.indexOf('applied'));
          const keys = processes.map((_, index) => `${index}-${from}`);
          deepEqual(
            await models.load('cards', id, [`${from}`, ...keys]),
            new Map([
              [`${from}`, winner],
              [`${winner}-${from}`, '1'],
            ]),
          );
        }
        deepEqual(positions(await models.generations('cards')), [5]);
      },
    },
    {
      name: 'a call from another position than the present one changes nothing',
      run: async () => {
        const models = await makeReadModels();
        const { id } = await models.begin(first);
        await put(models, id, 0, 5, { a: '1' });
        for (const from of [0, 4, 6]) {
          equal(await models.apply('cards', id, { from, to: 9, changes: [{ key: 'a', document: '2' }] }), 'outrun');
        }
        deepEqual(await models.load('cards', id, ['a']), new Map([['a', '1']]));
        deepEqual(positions(await models.generations('cards')), [5]);
      },
    },
    {
      name: 'processes that begin a version at once build one generation',
      run: async () => {
        const processes = await Promise.all(Array.from({ length: 8 }, () => makeReadModels('begun')));
        const begun = await Promise.all(processes.map((models) => models.begin(first)));
        equal(new Set(begun.map(({ id }) => id)).size, 1);
        equal(begun[0]?.position, 0);
      },
    },
    {
      name: 'a generation that is being built is gone on with where it is',
      run: async () => {
        const models = await makeReadModels();
        const { id } = await models.begin(first);
        await put(models, id, 0, 5, { a: '1' });
        deepEqual(await models.begin(first), { id, version: 1, state: 'building', position: 5 });
      },
    },
  ];
}
