import { deepEqual, equal } from 'node:assert/strict';
import type { Tally } from '../../application/ports/readModels.ts';
import type { ContractCase } from '../eventStore/support.ts';
import type { MakeReadModels } from './support.ts';
import { first, positions, put, second } from './support.ts';

/** What is kept of documents. */
export function documentCases(makeReadModels: MakeReadModels): ContractCase[] {
  return [
    {
      name: 'a projection that was never built has no generation, and nothing is read of it',
      run: async () => {
        const models = await makeReadModels();
        deepEqual(await models.generations('cards'), []);
        equal(await models.read(first, 'a'), null);
        equal(await models.list(first, { limit: 10 }), null);
      },
    },
    {
      name: 'documents are put, replaced and removed with the position they are at',
      run: async () => {
        const models = await makeReadModels();
        const { id } = await models.begin(first);
        await put(models, id, 0, 5, { a: '{"n":1}', b: '{"n":2}', c: '{"n":3}' });
        await put(models, id, 5, 9, { a: '{"n":10}', b: null, never: null });
        deepEqual(
          await models.load('cards', id, ['a', 'b', 'c', 'd']),
          new Map(Object.entries({ a: '{"n":10}', c: '{"n":3}' })),
        );
        deepEqual(positions(await models.generations('cards')), [9]);
      },
    },
    {
      name: 'keys and documents are kept to the byte, whatever is in them',
      run: async () => {
        const models = await makeReadModels();
        const { id } = await models.begin(first);
        const keys = ['a"b', "a'b", 'a\\b', 'a\nb', '{1,2}', 'é', '🂡', ' ', 'a\u001fb', '$1'];
        const document = JSON.stringify({
          z: 1,
          a: ['"', "'", '\\', '\n', '\u0000', '\u001f', '\ud800', '🂡'],
          n: 1e21,
        });
        await put(models, id, 0, 1, Object.fromEntries(keys.map((key) => [key, document])));
        deepEqual(
          [...(await models.load('cards', id, keys)).values()],
          keys.map(() => document),
        );
        await models.activate('cards', id);
        for (const key of keys)
          deepEqual(await models.read(first, key), { position: 1, documents: [{ key, document }] });
        await put(models, id, 1, 2, Object.fromEntries(keys.map((key) => [key, null])));
        equal((await models.load('cards', id, keys)).size, 0);
      },
    },
    {
      name: 'documents are listed in the byte order of their keys, page by page',
      run: async () => {
        const models = await makeReadModels();
        const { id } = await models.begin(first);
        await put(models, id, 0, 1, { b: '1', a: '2', B: '3', é: '4', z: '5', '🂡': '6', '\uffee': '7' });
        await models.activate('cards', id);
        const keys: string[] = [];
        for (let after: string | undefined; ; after = keys.at(-1)) {
          const page = await models.list(first, { after, limit: 3 });
          keys.push(...(page?.documents ?? []).map(({ key }) => key));
          if ((page?.documents.length ?? 0) < 3) break;
        }
        deepEqual(keys, ['B', 'a', 'b', 'z', 'é', '\uffee', '🂡']);
      },
    },
    {
      name: 'what is in documents is counted where they are, by one text, with the least of another',
      run: async () => {
        const models = await makeReadModels();
        const asked = { list: 'open', by: 'sort', least: 'since' };
        equal(await models.tally(first, asked), null, 'never built');
        const { id } = await models.begin(first);
        await models.activate('cards', id);
        deepEqual(await models.tally(first, asked), [], 'nothing in it');
        const one = (sort: unknown, since: string) => ({ sort, since });
        await put(models, id, 0, 1, {
          a: JSON.stringify({ open: [one('attach', 'b'), one('default', '🂡'), one('attach', 'B')] }),
          b: JSON.stringify({
            open: [one('attach', 'a'), one('default', '\uffee'), { sort: 'attach' }, { since: 'A' }],
          }),
          c: '{"open":[]}',
          d: '{"other":1}',
          e: JSON.stringify([one(true, '2'), one(true, '1'), one(false, '0')]),
        });
        const byName = (tallies: readonly Tally[] | null) =>
          [...(tallies ?? [])].sort((left, right) => left.by.localeCompare(right.by));
        deepEqual(byName(await models.tally(first, asked)), [
          { by: 'attach', count: 3, least: 'B' },
          { by: 'default', count: 2, least: '\uffee' },
        ]);
        deepEqual(byName(await models.tally(first, { by: 'sort', least: 'since' })), [
          { by: 'false', count: 1, least: '0' },
          { by: 'true', count: 2, least: '1' },
        ]);
        equal(await models.tally(second, asked), null, 'of another version');
      },
    },
    {
      name: 'an active generation without documents is read as one',
      run: async () => {
        const models = await makeReadModels();
        const { id } = await models.begin(first);
        await put(models, id, 0, 7, {});
        equal(await models.activate('cards', id), 'activated');
        deepEqual(await models.read(first, 'a'), { position: 7, documents: [] });
        deepEqual(await models.list(first, { limit: 10 }), { position: 7, documents: [] });
      },
    },
  ];
}
