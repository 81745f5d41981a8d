import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Seal } from '../../../src/adapters/audit/index.ts';
import { ed25519Signer, FileSealSink, sealTrail, verify } from '../../../src/adapters/audit/index.ts';
import { aSealKey, clock, sealsAt } from '../../support/sealing.ts';
import { aTrail, viewOf } from '../../support/trailView.ts';
import { watchSyncs } from '../../support/watchSyncs.ts';

const runNode = promisify(execFile);
const running = ['--import', 'tsx', '--input-type=module', '-e'];
const key = aSealKey();
const publicKeys = { [key.keyId]: key.publicKey };

/** A file name in a folder that is gone after the test. */
async function aPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seals-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'seals.jsonl');
}

async function readAll(sink: FileSealSink, trail = 'default'): Promise<Seal[]> {
  const seals: Seal[] = [];
  for await (const seal of sink.read(trail)) seals.push(seal);
  return seals;
}

async function someSeals(): Promise<readonly Seal[]> {
  return sealsAt(await aTrail(9), [3, 6, 9], key);
}

describe('FileSealSink', () => {
  it('has no seals before the first is written, and then gives them back in order, to a new sink too', async () => {
    const path = await aPath();
    const sink = new FileSealSink({ path });
    expect(await readAll(sink)).toEqual([]);
    const seals = await someSeals();
    for (const seal of seals) await sink.write(seal);
    expect(await readAll(sink)).toEqual(seals);
    expect(await readAll(new FileSealSink({ path }))).toEqual(seals);
  });

  it('is what sealTrail writes to and verify reads from', async () => {
    const trail = await aTrail(9);
    const sink = new FileSealSink({ path: await aPath() });
    const signer = ed25519Signer(key.privateKey);
    expect(await sealTrail({ store: viewOf(trail), signer, sink, clock })).toMatchObject({ result: 'sealed' });
    expect(await sealTrail({ store: viewOf(trail), signer, sink, clock })).toMatchObject({ result: 'unchanged' });
    expect(await verify(viewOf(trail), { seals: sink, publicKeys })).toMatchObject({ intact: true, sealedUpTo: 9 });
  });

  it('leaves what the file has, byte by byte, and only ever adds to it', async () => {
    const path = await aPath();
    const sink = new FileSealSink({ path });
    let before = '';
    for (const seal of await someSeals()) {
      await sink.write(seal);
      const after = await readFile(path, 'utf8');
      expect(after.startsWith(before)).toBe(true);
      before = after;
    }
    expect(before.split('\n').filter((line) => line !== '')).toHaveLength(3);
  });

  it('has a seal on the disk when it says so, and the name of the file too', async () => {
    const path = await aPath();
    const sink = new FileSealSink({ path });
    const syncs = await watchSyncs();
    for (const seal of (await someSeals()).slice(0, 2)) {
      await sink.write(seal);
      const { size } = await stat(path);
      expect(syncs.slice(-2)).toMatchObject([{ of: 'file', size }, { of: 'folder' }]);
    }
    expect(syncs).toHaveLength(4);
  });

  it('keeps every seal whole while two processes write at once', { timeout: 30_000 }, async () => {
    const path = await aPath();
    const [seal] = await someSeals();
    const program = `
      import { FileSealSink } from ${JSON.stringify(new URL('../../../src/adapters/audit/index.ts', import.meta.url).href)};
      const sink = new FileSealSink({ path: process.argv[1] });
      const seal = JSON.parse(process.argv[2]);
      for (let index = 1; index <= 100; index += 1) await sink.write({ ...seal, position: Number(process.argv[3]) + index });`;
    const write = (from: number) =>
      runNode(process.execPath, [...running, program, path, JSON.stringify(seal), String(from)]);
    await Promise.all([write(0), write(100)]);
    const positions = (await readAll(new FileSealSink({ path }))).map(({ position }) => position);
    const inOrder = (from: number) => positions.filter((position) => position > from && position <= from + 100);
    expect(positions).toHaveLength(200);
    for (const from of [0, 100]) expect(inOrder(from)).toEqual(Array.from({ length: 100 }, (_, at) => from + at + 1));
  });
});

describe('the last seal', () => {
  it('is null before the first is written', async () => {
    expect(await new FileSealSink({ path: await aPath() }).last('default')).toBeNull();
  });

  it('is read from the end of the file, however long it is', async () => {
    const path = await aPath();
    const sink = new FileSealSink({ path });
    const [seal] = await someSeals();
    const line = (position: number) => `\n${JSON.stringify({ ...seal, position })}\n`;
    const many = Array.from({ length: 2000 }, (_, index) => line(index + 1)).join('');
    // What would be refused, were it read.
    await writeFile(path, `{"a":1}\n${many}`);
    expect(await sink.last('default')).toEqual({ ...seal, position: 2000 });
    await expect(readAll(sink)).rejects.toMatchObject({ code: 'SEALS_UNREADABLE' });
  });

  it('is the one of the highest position, though others were written after it', async () => {
    const path = await aPath();
    const sink = new FileSealSink({ path });
    const [seal] = await someSeals();
    if (seal === undefined) throw new TypeError('three seals');
    for (const position of [3, 9, ...Array.from({ length: 99 }, () => 6)]) await sink.write({ ...seal, position });
    expect(await sink.last('default')).toMatchObject({ position: 9 });
  });

  it('is found behind lines that writes left unfinished, and whatever a block of the file begins with', async () => {
    const path = await aPath();
    const sink = new FileSealSink({ path });
    const [seal] = await someSeals();
    const line = JSON.stringify(seal);
    for (const behind of [
      65_533 - line.length,
      65_534 - line.length,
      65_535 - line.length,
      65_500,
      65_535,
      65_536,
      65_537,
    ]) {
      await writeFile(path, `${line}\n${'{'.repeat(behind - 1)}\n`);
      expect(await sink.last('default')).toEqual(seal);
      await writeFile(path, `${line}\n${'\n{"form'.repeat(30_000).slice(0, behind)}`);
      expect(await sink.last('default')).toEqual(seal);
    }
  });

  it('is refused where there is something else in its place', async () => {
    const path = await aPath();
    const sink = new FileSealSink({ path });
    for (const seal of await someSeals()) await sink.write(seal);
    await expect(sink.last('acct_2')).rejects.toMatchObject({
      code: 'SEALS_UNREADABLE',
      details: { line: null, problem: 'sealOfAnotherTrail', position: 9 },
    });
    await appendFile(path, 'seal}');
    await expect(sink.last('default')).rejects.toMatchObject({
      code: 'SEALS_UNREADABLE',
      details: { problem: 'sealInvalid', position: 0 },
    });
  });

  it('is the same, whatever the order of the fields that it was written with', async () => {
    const sink = new FileSealSink({ path: await aPath() });
    const [seal] = await someSeals();
    if (seal === undefined) throw new TypeError('three seals');
    await sink.write(Object.fromEntries(Object.entries(seal).reverse()) as Seal);
    expect(await sink.last('default')).toEqual(seal);
    expect(await readAll(sink)).toEqual([seal]);
  });
});

describe('a line that a write left unfinished', () => {
  it('is passed over and told of, wherever the write ended, and the next seal is whole', async () => {
    const [first, second, third] = (await someSeals()).map((seal) => `\n${JSON.stringify(seal)}\n`);
    if (first === undefined || second === undefined || third === undefined) throw new TypeError('three seals');
    const path = await aPath();
    const torn: number[] = [];
    const sink = new FileSealSink({ path, onTornLine: ({ line }) => torn.push(line) });
    for (let end = 0; end <= second.length; end += end > 4 && end < second.length - 8 ? 7 : 1) {
      torn.length = 0;
      await writeFile(path, `${first}${second.slice(0, end)}`);
      const alone = (await readAll(sink)).map(({ position }) => position);
      const toldAlone = [...torn];
      torn.length = 0;
      await appendFile(path, third);
      const followed = (await readAll(sink)).map(({ position }) => position);
      const isWhole = end >= second.length - 1;
      const isTorn = end > 1 && !isWhole;
      expect({ end, alone, followed, toldAlone, torn }).toEqual({
        end,
        alone: isWhole ? [3, 6] : [3],
        followed: isWhole ? [3, 6, 9] : [3, 9],
        toldAlone: isTorn ? [4] : [],
        torn: isTorn ? [4] : [],
      });
    }
  });
});

describe('a file of seals that was changed', () => {
  it('never passes: a bit flipped in any byte of the last line is found', { timeout: 60_000 }, async () => {
    const trail = await aTrail(4);
    const path = await aPath();
    const sink = new FileSealSink({ path });
    for (const seal of await sealsAt(trail, [2, 4], key)) await sink.write(seal);
    const bytes = await readFile(path);
    const passed: string[] = [];
    for (let at = bytes.lastIndexOf('{') - 2; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << ((at * 5) % 8)), at);
      await writeFile(path, flipped);
      const found = await verify(viewOf(trail), { seals: sink, publicKeys }).then(
        (verified) => (verified.intact ? `byte ${at} of ${JSON.stringify(flipped.toString())}` : verified.problem),
        (error: unknown) => error instanceof Error && 'code' in error && error.code,
      );
      if (found !== 'SEALS_UNREADABLE' && !String(found).startsWith('seal')) passed.push(String(found));
    }
    expect(passed).toEqual([]);
  });

  it.each([
    ['a line of something else', '{"a":1}', 'SEALS_UNREADABLE'],
    ['a line that is no JSON', 'seal}', 'SEALS_UNREADABLE'],
    ['a seal of another trail', null, 'SEALS_UNREADABLE'],
  ])('is refused with %s, by line', async (_, text, code) => {
    const path = await aPath();
    const sink = new FileSealSink({ path });
    const [seal] = await someSeals();
    await sink.write({ ...seal, trail: text === null ? 'acct_2' : 'default' } as Seal);
    if (text !== null) await appendFile(path, `${text}\n`);
    await expect(readAll(sink)).rejects.toMatchObject({
      code,
      details: { path, line: text === null ? 2 : 3, trail: 'default' },
    });
  });
});
