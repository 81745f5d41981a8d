import { deepEqual, equal, notEqual } from 'node:assert/strict';
import type { Generation, ReadModels } from '../application/ports/readModels.ts';
import type { ContractCase } from './eventStore/support.ts';

/** Read models without anything in them; with a trail's name, further ones over what those of that name keep. */
export type MakeReadModels = (trail?: string) => Promise<ReadModels>;

const first = { name: 'cards', version: 1 };
const second = { name: 'cards', version: 2 };

/** What every `ReadModels` must do, whatever it is made of. */
export function readModelsContract(makeReadModels: MakeReadModels): readonly ContractCase[] {
  return [...documentCases(makeReadModels), ...raceCases(makeReadModels), ...activationCases(makeReadModels)];
}

function documentCases(makeReadModels: MakeReadModels): ContractCase[] {
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

function raceCases(makeReadModels: MakeReadModels): ContractCase[] {
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

function activationCases(makeReadModels: MakeReadModels): ContractCase[] {
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

async function put(
  models: ReadModels,
  generation: string,
  from: number,
  to: number,
  documents: Readonly<Record<string, string | null>>,
): Promise<void> {
  const changes = Object.entries(documents).map(([key, document]) => ({ key, document }));
  equal(await models.apply('cards', generation, { from, to, changes }), 'applied');
}

async function built(
  models: ReadModels,
  projection: typeof first,
  position: number,
  documents: Readonly<Record<string, string>>,
): Promise<string> {
  const { id } = await models.begin(projection);
  const changes = Object.entries(documents).map(([key, document]) => ({ key, document }));
  equal(await models.apply(projection.name, id, { from: 0, to: position, changes }), 'applied');
  equal(await models.activate(projection.name, id), 'activated');
  return id;
}

function positions(generations: readonly Generation[]): number[] {
  return generations.map(({ position }) => position);
}

function ids(generations: readonly Generation[]): string[] {
  return generations.map(({ id }) => id);
}
