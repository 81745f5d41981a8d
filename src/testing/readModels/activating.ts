import { deepEqual, equal, notEqual } from 'node:assert/strict';
import type { ContractCase } from '../eventStore/support.ts';
import type { MakeReadModels } from './support.ts';
import { built, first, ids, positions, put, second } from './support.ts';

/** How one generation takes the place of another. */
export function activationCases(makeReadModels: MakeReadModels): ContractCase[] {
  return [
    {
      name: 'a generation is read once it is active, and replaces the one before with all its documents',
      run: async () => {
        const models = await makeReadModels();
        const old = await built(models, first, 5, { a: '1', b: '1' });
        const { id } = await models.begin(first);
        notEqual(id, old);
        await put(models, id, 0, 5, { a: '2' });
        deepEqual(await models.read(first, 'b'), { position: 5, documents: [{ key: 'b', document: '1' }] });
        equal(await models.activate('cards', id), 'activated');
        deepEqual(await models.list(first, { limit: 10 }), { position: 5, documents: [{ key: 'a', document: '2' }] });
        deepEqual(ids(await models.generations('cards')), [id]);
        equal(await models.apply('cards', old, { from: 5, to: 6, changes: [{ key: 'b', document: '3' }] }), 'outrun');
        equal((await models.load('cards', old, ['a', 'b'])).size, 0);
      },
    },
    {
      name: 'a generation that is behind the one it would replace is not activated',
      run: async () => {
        const models = await makeReadModels();
        const old = await built(models, first, 5, { a: '1' });
        const { id } = await models.begin(first);
        await put(models, id, 0, 4, { a: '2' });
        equal(await models.activate('cards', id), 'behind');
        deepEqual(await models.read(first, 'a'), { position: 5, documents: [{ key: 'a', document: '1' }] });
        await put(models, id, 4, 5, {});
        equal(await models.activate('cards', id), 'activated');
        equal(await models.activate('cards', id), 'activated');
        equal(await models.activate('cards', old), 'gone');
      },
    },
    {
      name: 'the version before stays readable, and goes with the version after',
      run: async () => {
        const models = await makeReadModels();
        await built(models, first, 5, { a: '1' });
        const newer = await built(models, second, 3, { a: '2' });
        deepEqual((await models.read(first, 'a'))?.documents, [{ key: 'a', document: '1' }]);
        deepEqual((await models.read(second, 'a'))?.documents, [{ key: 'a', document: '2' }]);
        const newest = await built(models, { name: 'cards', version: 3 }, 5, { a: '3' });
        equal(await models.read(first, 'a'), null);
        deepEqual(ids(await models.generations('cards')), [newest, newer]);
      },
    },
    {
      name: 'a generation that another version was built beside, and that nobody finished, is dropped with it',
      run: async () => {
        const models = await makeReadModels();
        const left = await models.begin(first);
        await put(models, left.id, 0, 5, { a: '1' });
        await built(models, second, 5, {});
        equal(await models.activate('cards', left.id), 'gone');
        notEqual((await models.begin(first)).id, left.id);
      },
    },
    {
      name: 'projections and trails of their own know nothing of each other',
      run: async () => {
        const models = await makeReadModels('one');
        const other = await makeReadModels('other');
        await built(models, first, 5, { a: '1' });
        await built(models, { name: 'customers', version: 1 }, 9, { a: '2' });
        equal(await other.read(first, 'a'), null);
        deepEqual((await models.read(first, 'a'))?.documents, [{ key: 'a', document: '1' }]);
        deepEqual(positions(await models.generations('cards')), [5]);
        equal((await models.generations('customers')).length, 1);
      },
    },
  ];
}
