import { execFile } from 'node:child_process';
import { sign } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Seal } from '../../../src/adapters/audit/index.ts';
import { FileSealSink, readLines, sealInput, verify } from '../../../src/adapters/audit/index.ts';
import { parseLine, toLine } from '../../../src/application/trail/exportTrail.ts';
import type { RecordedEvent } from '../../../src/application/ports/eventStore.ts';
import { aSealKey, sealsAt } from '../../support/sealing.ts';
import type { Trail } from '../../support/trailView.ts';
import { aTrail, chained, eventAt, viewOf } from '../../support/trailView.ts';

const program = fileURLToPath(new URL('../../../verifier/verify.mjs', import.meta.url));
const key = aSealKey();
const nextKey = aSealKey();
let folder: string;
let trail: Trail;
let seals: readonly Seal[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verifier-'));
  trail = await aTrail(12);
  seals = [...(await sealsAt(trail, [4], key)), ...(await sealsAt(trail, [9], nextKey))];
  await writeFile(join(folder, 'key.pem'), key.publicKey);
  await writeFile(join(folder, 'next.pem'), nextKey.publicKey);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Files = { readonly trailPath: string; readonly sealsPath: string };

async function write(events: readonly RecordedEvent[], sealed: readonly Seal[]): Promise<Files> {
  const at = await mkdtemp(join(folder, 'export-'));
  const files = { trailPath: join(at, 'trail.jsonl'), sealsPath: join(at, 'seals.jsonl') };
  await writeFile(files.trailPath, events.map((event) => `${toLine(event)}\n`).join(''));
  const sink = new FileSealSink({ path: files.sealsPath });
  for (const seal of sealed) await sink.write(seal);
  return files;
}

function run(...args: string[]): Promise<{ code: number | string | null | undefined; printed: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, printed: `${stdout}${stderr}` });
    });
  });
}

const keys = (...pairs: string[]) => pairs.flatMap((pair) => ['--key', pair]);
const bothKeys = () => keys(`${key.keyId}=${join(folder, 'key.pem')}`, `${nextKey.keyId}=${join(folder, 'next.pem')}`);

/** What ours says of the same files: the lines are read back, and the last event is the head. */
async function oursOn({ trailPath, sealsPath }: Files): Promise<string> {
  const events = (await readFile(trailPath, 'utf8')).split('\n').flatMap((line) => parseLine(line) ?? []);
  const last = events.at(-1);
  const head = { position: last?.position ?? 0, hash: last?.hash ?? '0'.repeat(64) };
  const publicKeys = { [key.keyId]: key.publicKey, [nextKey.keyId]: nextKey.publicKey };
  const inFileOrder = async function* () {
    yield* events;
  };
  const store = { ...viewOf({ events, head }), readTrail: inFileOrder };
  const sealed = { trail: last?.trail, seals: new FileSealSink({ path: sealsPath }), publicKeys };
  const verified = await verify(store, sealed);
  return verified.intact
    ? `intact: ${verified.events} events of trail ${JSON.stringify(last?.trail)}, sealed up to position ${verified.sealedUpTo}`
    : `NOT INTACT at position ${verified.position}: ${verified.problem}; expected ${verified.expected}, found ${verified.actual}`;
}

const without = (position: number) => trail.events.filter((event) => event.position !== position);
const withPart = (position: number, part: Partial<RecordedEvent>) =>
  trail.events.with(position - 1, { ...eventAt(trail.events, position), ...part });

/** U+FFFD as it stands in a file that is read a byte a character. */
const replacement = '\u00ef\u00bf\u00bd';

/** The trail with that character in the data of its seventh event, which says what a decoder makes of a bad byte. */
const withReplacement = () => chained(withPart(7, { data: '{"a":"\ufffd"}' }));

async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(path)) lines.push(line);
  return lines;
}

describe('both verifiers say the same, word for word, of an export', () => {
  it.each<[string, () => readonly RecordedEvent[], string]>([
    ['that is intact', () => trail.events, 'intact: 12 events of trail "default", sealed up to position 9'],
    ['that ends after its last seal', () => trail.events.slice(0, 10), 'intact: 10 events of'],
    ['with an event removed', () => without(3), 'position 3: positionOutOfOrder'],
    ['with its tail cut off', () => trail.events.slice(0, 7), 'position 8: sealBeyondEnd'],
    ['that is empty', () => [], 'position 1: sealBeyondEnd'],
    [
      'with two events swapped',
      () => [...without(12).slice(0, 10), eventAt(trail.events, 12)],
      'position 11: positionOut',
    ],
    ['with data changed', () => withPart(5, { data: '{"n": 4}' }), 'position 5: hashMismatch'],
    ['with metadata changed', () => withPart(5, { metadata: '{}' }), 'position 5: hashMismatch'],
    ['with a version changed', () => withPart(5, { version: 3 }), 'position 5: versionOutOfOrder'],
    ['with a stream renamed', () => withPart(1, { stream: 'b-1' }), 'position 1: hashMismatch'],
    ['with an instant changed', () => withPart(5, { recordedAt: '2025-11-23T12:00:00.000001Z' }), 'hashMismatch'],
    ['with a hash changed', () => withPart(5, { hash: 'f'.repeat(64) }), 'position 5: hashMismatch'],
    [
      'that was rewritten from an event on',
      () => chained(withPart(5, { data: '{}' })).events,
      'position 9: sealMismatch',
    ],
    [
      'of another trail',
      () => chained(trail.events.map((event) => ({ ...event, trail: 'acct_2' }))).events,
      'position 4: sealOfAnotherTrail',
    ],
  ])('%s', async (_, events, expected) => {
    const files = await write(events(), seals);
    const { code, printed } = await run(files.trailPath, '--seals', files.sealsPath, ...bothKeys());
    expect(printed).toContain(expected);
    expect(code).toBe(expected.startsWith('intact') ? 0 : 1);
    expect(printed).toBe(`${await oursOn(files)}\n`);
  });

  it.each<[string, (seal: Seal) => Seal, string]>([
    ['with its position changed', (seal) => ({ ...seal, position: 8 }), 'position 8: sealSignatureInvalid'],
    ['with its hash changed', (seal) => ({ ...seal, hash: '0'.repeat(64) }), 'position 9: sealSignatureInvalid'],
    ['with its instant changed', (seal) => ({ ...seal, sealedAt: '2025-11-23T12:00:00.001Z' }), 'sealSignatureInvalid'],
    [
      'with its signature changed',
      (seal) => ({ ...seal, signature: '0'.repeat(128) }),
      'position 9: sealSignatureInvalid',
    ],
    ['with the other key’s id', (seal) => ({ ...seal, keyId: key.keyId }), 'position 9: sealSignatureInvalid'],
    ['with an unknown key id', (seal) => ({ ...seal, keyId: 'key-3' }), 'position 9: sealKeyUnknown'],
  ])('with a seal %s', async (_, change, expected) => {
    const [first, second] = seals;
    if (first === undefined || second === undefined) throw new TypeError('two seals');
    const files = await write(trail.events, [first, change(second)]);
    const { code, printed } = await run(files.trailPath, '--seals', files.sealsPath, ...bothKeys());
    expect(printed).toContain(expected);
    expect(printed).toBe(`${await oursOn(files)}\n`);
    expect(code).toBe(1);
  });

  it.each<[string, (line: string) => string, string]>([
    ['a field added', (line) => line.replace('{', '{"note":"x",'), 'position 9: sealInvalid'],
    ['a position as text', (line) => line.replace('"position":9', '"position":"9"'), 'position 0: sealInvalid'],
    ['a position in another spelling', (line) => line.replace('"position":9', '"position":9e0'), '9: sealInvalid'],
    ['half a position', (line) => line.replace('"position":9', '"position":9.5'), 'position 0: sealInvalid'],
    ['a position too large', (line) => line.replace('"position":9', '"position":9007199254740992'), '0: sealInvalid'],
    ['a field twice', (line) => line.replace('"hash":', '"hash":"EVIL","hash":'), 'position 9: sealInvalid'],
    ['white space in it', (line) => line.replace('"position":9', '"position": 9'), 'position 9: sealInvalid'],
    ['its fields in another order', (line) => line.replace(/("position":9),("hash":"\w+")/, '$2,$1'), '9: sealInvalid'],
    ['a signature in capitals', (line) => line.replace(/\w{128}/, (text) => text.toUpperCase()), '9: sealInvalid'],
    ['more than a signature', (line) => line.replace(/(\w{128})/, '$1zz'), 'position 9: sealInvalid'],
    ['a byte that is no UTF-8', (line) => line.replace('seal/1', 'seal/\u00ff'), 'position 0: sealInvalid'],
    ['nothing but a word in it', () => 'seal}', 'position 0: sealInvalid'],
    ['null in it', () => 'null}', 'position 0: sealInvalid'],
  ])('with a line of seals that has %s', async (_, change, expected) => {
    const files = await write(trail.events, seals);
    const lines = (await readFile(files.sealsPath, 'latin1')).split('\n');
    const at = lines.findIndex((line) => line.includes('"position":9'));
    expect(change(lines[at] ?? '')).not.toBe(lines[at]);
    await writeFile(files.sealsPath, lines.with(at, change(lines[at] ?? '')).join('\n'), 'latin1');
    const { code, printed } = await run(files.trailPath, '--seals', files.sealsPath, ...bothKeys());
    expect(printed).toContain(expected);
    expect(printed).toBe(`${await oursOn(files)}\n`);
    expect(code).toBe(1);
  });

  it.each<[string, Partial<Seal>]>([
    ['a trail with a space', { trail: 'acct 1' }],
    ['a hash that is none', { hash: 'none' }],
    ['an instant that is none', { sealedAt: 'yesterday' }],
    ['an instant in microseconds', { sealedAt: '2025-11-23T12:00:00.000000Z' }],
    ['a format that is not known', { format: 'attach-payment-method/seal/2' as Seal['format'] }],
  ])('with a seal, well signed, of %s', async (_, part) => {
    const unsigned = { ...(seals[1] as Seal), ...part };
    const signature = sign(null, Buffer.from(sealInput(unsigned)), nextKey.privateKey).toString('hex');
    const files = await write(trail.events, [...seals, { ...unsigned, signature }]);
    const { code, printed } = await run(files.trailPath, '--seals', files.sealsPath, ...bothKeys());
    expect(printed).toContain('position 9: sealInvalid');
    expect(printed).toBe(`${await oursOn(files)}\n`);
    expect(code).toBe(1);
  });

  it('with a seal of another trail among its own, though well signed', async () => {
    const others = chained(trail.events.map((event) => ({ ...event, trail: 'acct_2' })));
    const files = await write(trail.events, [...seals, ...(await sealsAt(others, [3], key))]);
    const { code, printed } = await run(files.trailPath, '--seals', files.sealsPath, ...bothKeys());
    expect(printed).toContain('position 3: sealOfAnotherTrail; expected default, found acct_2');
    expect(printed).toBe(`${await oursOn(files)}\n`);
    expect(code).toBe(1);
  });

  it('whose seals are gone, where there are keys to check them with', async () => {
    const files = await write(trail.events, []);
    const missing = 'NOT INTACT at position 0: sealMissing; expected a seal, found none';
    expect(await oursOn(files)).toBe(missing);
    expect(await run(files.trailPath, ...bothKeys())).toEqual({ code: 1, printed: `${missing}\n` });
    await writeFile(files.sealsPath, '\n');
    expect(await oursOn(files)).toBe(missing);
    expect(await run(files.trailPath, '--seals', files.sealsPath, ...bothKeys())).toEqual({
      code: 1,
      printed: `${missing}\n`,
    });
  });

  it('with two good seals of one position that name two hashes', async () => {
    const [first] = seals;
    const other = chained(withPart(2, { data: '{}' }));
    const files = await write(trail.events, [
      ...(first === undefined ? [] : [first]),
      ...(await sealsAt(other, [4], key)),
    ]);
    const { code, printed } = await run(files.trailPath, '--seals', files.sealsPath, ...bothKeys());
    expect(printed).toContain('position 4: sealMismatch');
    expect(printed).toBe(`${await oursOn(files)}\n`);
    expect(code).toBe(1);
  });
});

describe('the second verifier', () => {
  it('reads an export in several files, and without seals says that nothing is sealed', async () => {
    const [one, two] = [await write(trail.events.slice(0, 5), []), await write(trail.events.slice(5), [])];
    expect(await run(one.trailPath, two.trailPath)).toEqual({
      code: 0,
      printed: 'intact: 12 events of trail "default", sealed up to position 0\n',
    });
  });

  it('passes over a seal that a write left unfinished', async () => {
    const files = await write(trail.events, seals);
    await writeFile(files.sealsPath, `\n${JSON.stringify(seals[0]).slice(0, 200)}`, { flag: 'a' });
    expect(await run(files.trailPath, '--seals', files.sealsPath, ...bothKeys())).toMatchObject({ code: 0 });
  });

  it.each([
    ['is no JSON', (line: string) => line.slice(1)],
    ['has a field too many', (line: string) => line.replace('{', '{"note":"x",')],
    ['lacks a field', (line: string) => line.replace('"eventId"', '"eventI"')],
    ['has a list for a text', (line: string) => line.replace('"trail":"default"', '"trail":["default"]')],
    ['is null', () => 'null'],
    ['has a field twice', (line: string) => line.replace('"data":', '"data":"EVIL","data":')],
    ['has a number in another spelling', (line: string) => line.replace('"position":7', '"position" : 7e0')],
    ['has half a number', (line: string) => line.replace('"position":7', '"position":7.5')],
    ['has its fields in another order', (line: string) => line.replace(/("position":7),("stream":"[^"]*")/, '$2,$1')],
    ['has an escape that need not be one', (line: string) => line.replace('"a-1"', '"\\u0061-1"')],
    ['has a byte that is no UTF-8', (line: string) => line.replace(replacement, '\u00ff')],
    ['is behind a byte order mark', (line: string) => `\u00ef\u00bb\u00bf${line}`],
    ['ends with a carriage return and more', (line: string) => `${line}\r `],
  ])('names the place of a line that %s, as the import would', async (_, change) => {
    const { trailPath } = await write(withReplacement().events, []);
    const lines = (await readFile(trailPath, 'latin1')).split('\n');
    expect((await run(trailPath)).code).toBe(0);
    expect(change(lines[6] ?? '')).not.toBe(lines[6]);
    await writeFile(trailPath, lines.with(6, change(lines[6] ?? '')).join('\n'), 'latin1');
    expect(parseLine((await linesOf(trailPath))[6] ?? '')).toBeUndefined();
    const { code, printed } = await run(trailPath);
    expect({ code, printed }).toEqual({ code: 1, printed: expect.stringContaining('position 7: lineInvalid') });
  });

  it.each([
    ['half a surrogate pair, whose bytes are those of another character', '\\ud834'],
    ['the separator', '\\u001f'],
  ])('refuses a line that has %s in a text', async (_, escape) => {
    const { trailPath } = await write(withReplacement().events, []);
    const text = await readFile(trailPath, 'utf8');
    await writeFile(trailPath, text.replace('\ufffd', escape));
    const { code, printed } = await run(trailPath);
    expect({ code, printed }).toEqual({ code: 1, printed: expect.stringContaining('position 7: lineInvalid') });
  });

  it('refuses an event of another trail among those of the first', async () => {
    const mixed = chained(withPart(7, { trail: 'acct_2' }));
    const { code, printed } = await run((await write(mixed.events, [])).trailPath);
    expect(printed).toContain('position 7: trailMismatch; expected default, found acct_2');
    expect(code).toBe(1);
  });

  it.each([
    ['no file', () => [], 'Usage: '],
    ['a file that is not there', () => [join(folder, 'none.jsonl')], 'ENOENT'],
    ['a folder', () => [folder], 'EISDIR'],
    ['an unknown option', () => ['x', '--seal', 'y'], '--seal'],
    ['a key file that is not there', () => ['x', ...keys(`k=${join(folder, 'none.pem')}`)], 'ENOENT'],
    ['a key that is none', () => ['x', ...keys(`k=${program}`)], 'error'],
  ])('ends with 2 when it is given %s', async (_, args, message) => {
    const { code, printed } = await run(...args());
    expect(code).toBe(2);
    expect(printed).toContain(message);
    expect(printed).not.toContain('    at ');
  });

  it('needs nothing but Node, and is short enough to be read', async () => {
    const text = await readFile(program, 'utf8');
    const imported = Array.from(text.matchAll(/^import .* from '(.*)';$/gm), ([, name = '']) => name);
    expect(imported.length).toBe(text.split(/\bimport\b/).length - 1);
    expect(imported.filter((name) => !name.startsWith('node:'))).toEqual([]);
    expect(text.split('\n').length).toBeLessThanOrEqual(100);
  });
});
