import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found);

it('every error code stands in the table of docs/errors.md, and no other', () => {
  const codes = all(read('src/application/errors.ts'), /^ {2}\| '([A-Z_]+)'/gm);
  expect(codes.length).toBeGreaterThan(10);
  expect(new Set(all(read('docs/errors.md'), /^\| `([A-Z_]+)` \|/gm))).toEqual(new Set(codes));
});
