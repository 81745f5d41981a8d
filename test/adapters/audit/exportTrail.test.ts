import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exportTrail, exportTrailToFile, readLines } from '../../../src/adapters/audit/index.ts';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { all, anEvent } from '../../../src/testing/eventStore/support.ts';
import { aTrail, viewOf } from '../../support/trailView.ts';
import { watchSyncs } from '../../support/watchSyncs.ts';

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const line of lines) collected.push(line);
  return collected;
}

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'export-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const positions = (lines: readonly string[]) =>
  lines.map((line) => (JSON.parse(line) as { position: number }).position);

describe('exportTrail', () => {
  it('writes a line per event, with every field, and data and metadata to the byte', async () => {
    const store = new InMemoryEventStore();
    const data = '{"b": 1.0, "a":  "é\\u001f \\"𝄞 \\u2028", "a": 1e2, "c": "\u2028\u2029\u0085"}';
    await store.append([{ stream: 'a-1', expectedVersion: 0, events: [anEvent({ data, metadata: '{ }' })] }]);
    const [line = ''] = await collect(exportTrail(store));
    expect(JSON.parse(line)).toEqual((await all(store))[0]);
    expect(JSON.parse(line)).toMatchObject({ data, metadata: '{ }' });
    expect(line).not.toMatch(/[\u2028\u2029\n\r]/);
  });

  it.each([
    [{}, [1, 2, 3, 4, 5]],
    [{ after: 2 }, [3, 4, 5]],
    [{ upTo: 3 }, [1, 2, 3]],
    [{ after: 1, upTo: 3 }, [2, 3]],
    [{ after: 3, upTo: 3 }, []],
    [{ upTo: 0 }, []],
    [{ upTo: 99 }, [1, 2, 3, 4, 5]],
  ])('of %o has positions %j', async (range, expected) => {
    expect(positions(await collect(exportTrail(viewOf(await aTrail(5)), range)))).toEqual(expected);
  });
});

describe('exportTrailToFile', () => {
  it('writes the same lines to a file, which nothing else is left beside', async () => {
    const folder = await aFolder();
    const store = viewOf(await aTrail(2500));
    const path = join(folder, 'trail.jsonl');
    expect(await exportTrailToFile({ store, path })).toEqual({ events: 2500 });
    expect(await collect(readLines(path))).toEqual(await collect(exportTrail(store)));
    expect((await readFile(path, 'utf8')).endsWith('}\n')).toBe(true);
    expect(await readdir(folder)).toEqual(['trail.jsonl']);
  });

  it('has all of it on the disk before it gets its name, and then the name', async () => {
    const path = join(await aFolder(), 'trail.jsonl');
    const store = viewOf(await aTrail(1500));
    const syncs = await watchSyncs();
    await exportTrailToFile({ store, path });
    const { size } = await stat(path);
    expect(size).toBeGreaterThan(256 * 1024);
    expect(syncs).toMatchObject([{ of: 'file', size, names: 1 }, { of: 'folder' }]);
  });

  it('refuses a name that is taken, and leaves what has it', async () => {
    const folder = await aFolder();
    const path = join(folder, 'trail.jsonl');
    await writeFile(path, 'mine');
    const call = exportTrailToFile({ store: viewOf(await aTrail(5)), path });
    await expect(call).rejects.toMatchObject({ code: 'EXPORT_EXISTS', details: { path } });
    expect(await readFile(path, 'utf8')).toBe('mine');
    expect(await readdir(folder)).toEqual(['trail.jsonl']);
  });

  it('refuses a name that is taken while it writes', async () => {
    const folder = await aFolder();
    const path = join(folder, 'trail.jsonl');
    const view = viewOf(await aTrail(5));
    const readTrail: typeof view.readTrail = async function* (options) {
      yield* view.readTrail(options);
      await writeFile(path, 'mine');
    };
    const call = exportTrailToFile({ store: { readTrail }, path });
    await expect(call).rejects.toMatchObject({ code: 'EXPORT_EXISTS' });
    expect(await readFile(path, 'utf8')).toBe('mine');
    expect(await readdir(folder)).toEqual(['trail.jsonl']);
  });

  it('leaves no file when the store fails halfway, or when it is told to give up', async () => {
    const folder = await aFolder();
    const view = viewOf(await aTrail(5000));
    const stop = new AbortController();
    const failing: typeof view.readTrail = async function* (options) {
      for await (const event of view.readTrail(options)) {
        if (event.position === 4000) throw new Error('gone');
        yield event;
      }
    };
    const stopping: typeof view.readTrail = async function* (options) {
      for await (const event of view.readTrail(options)) {
        if (event.position === 10) stop.abort(new Error('enough'));
        yield event;
      }
    };
    const path = join(folder, 'trail.jsonl');
    await expect(exportTrailToFile({ store: { readTrail: failing }, path })).rejects.toThrow('gone');
    const call = exportTrailToFile({ store: { readTrail: stopping }, path, signal: stop.signal });
    await expect(call).rejects.toThrow('enough');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('readLines', () => {
  it('ends a line at a line feed only, across the pieces a file is read in', async () => {
    const path = join(await aFolder(), 'lines');
    const lines = ['a\u2028b\rc', '', 'é'.repeat(70_000), 'x'.repeat(65_535), 'unfinished'];
    await writeFile(path, lines.join('\n'));
    expect(await collect(readLines(path))).toEqual(lines);
  });

  it('marks a line that is not UTF-8, so that it is taken for no other', async () => {
    const path = join(await aFolder(), 'lines');
    await writeFile(path, Buffer.from('61ff620aefbfbd0ac3280a', 'hex'));
    expect(await collect(readLines(path))).toEqual(['a\ufffdb\ufffd', '\ufffd', '\ufffd(\ufffd']);
  });

  it('says so when there is no file', async () => {
    await expect(collect(readLines(join(await aFolder(), 'none')))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
