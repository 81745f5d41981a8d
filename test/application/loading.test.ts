import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('../../src/application/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

it.each(files)('%s can be imported', async (file) => {
  await expect(import(new URL(file, folder).href)).resolves.toBeDefined();
});
