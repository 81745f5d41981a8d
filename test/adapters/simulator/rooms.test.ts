import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = 'src/adapters/simulator';

/** Each room may import those before it. */
const rooms = [
  'wire',
  'instruments',
  'world',
  'objects',
  'endpoints',
  'faults',
  'webhooks',
  'pipeline',
  'account',
  'http',
] as const;

const files = readdirSync(root, { recursive: true })
  .map((name) => join(root, String(name)))
  .filter((name) => name.endsWith('.ts'));

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^(?:import|export) [^;']*from '([^']+)'/gm)].map(([, from = '']) => from);
}

const roomOf = (file: string) => relative(root, file).split('/')[0] ?? '';
const rankOf = (room: string) => rooms.findIndex((one) => one === room);

it('every file of the simulator is in a room, but for its index', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => rankOf(roomOf(file)) === -1)).toEqual([join(root, 'index.ts')]);
});

it.each(rooms)('%s imports rooms before it only', (room) => {
  const wrong = files
    .filter((file) => roomOf(file) === room)
    .flatMap((file) =>
      importsOf(file)
        .filter((from) => from.startsWith('.'))
        .map((from) => resolve(dirname(file), from))
        .filter((imported) => rankOf(roomOf(imported)) > rankOf(room) || !imported.includes(root))
        .map((imported) => `${file} imports ${relative('.', imported)}`),
    );
  expect(wrong).toEqual([]);
});

it('the model does no I/O, and has no clock, chance or timer of its own', () => {
  const model = files.filter((file) => !['http', 'index.ts'].includes(roomOf(file)));
  const allowed = (file: string, from: string) => from === 'node:crypto' && file.endsWith('signature.ts');
  const imported = model.flatMap((file) =>
    importsOf(file)
      .filter((from) => !from.startsWith('.') && !allowed(file, from))
      .map((from) => `${file} imports ${from}`),
  );
  expect(imported).toEqual([]);
  const uses =
    /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|fetch)\(|\b(?:performance|process)\.|new Date\(\)/;
  const ownClocks = model.filter((file) => uses.test(readFileSync(file, 'utf8')));
  expect(ownClocks).toEqual([]);
  const defaults = model.filter((file) => /Date\.now|Math\.random/.test(readFileSync(file, 'utf8')));
  expect(defaults.map((file) => relative(root, file))).toEqual(['account/options.ts', 'account/stripeAccount.ts']);
});

it('no file is longer than about two hundred lines', () => {
  const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 205);
  expect(long).toEqual([]);
  expect(files.every((file) => statSync(file).isFile())).toBe(true);
});
