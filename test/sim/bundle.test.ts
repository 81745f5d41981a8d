import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { bundleWorker } from '../../sim/cli/bundle.ts';
import { Worker } from '../../sim/cli/workers.ts';
import { mutants } from '../../sim/mutants/all.ts';

describe('the deliberate faults', () => {
  it('are forty or more, each with a name of its own', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(40);
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  });

  it('all fit the code as it is: each text stands once in its file', async () => {
    const unfit: string[] = [];
    for (const { name, file, find, replace } of mutants) {
      const count = (await readFile(file, 'utf8')).split(find).length - 1;
      if (count !== 1 || find === replace) unfit.push(name);
    }
    expect(unfit).toEqual([]);
  });

  it('that do not fit fail loudly', async () => {
    const gone = { file: 'src/domain/decisions.ts', find: 'no such text', replace: '' };
    await expect(bundleWorker(gone)).rejects.toThrow('must have once');
    await expect(bundleWorker({ ...gone, file: 'src/domain/gone.ts' })).rejects.toThrow('No module');
  });

  it('are found where they are planted, and never planted in the tree', async () => {
    const mutant = mutants.find(({ name }) => name === 'a doubt is told as a no');
    if (mutant === undefined) throw new Error('the fault has another name by now');
    const before = await readFile(mutant.file, 'utf8');
    const bundle = await bundleWorker(mutant);
    const worker = new Worker(bundle.path);
    try {
      const { broken } = await worker.run({ job: 'seeds', from: 1, count: 200, untilBroken: true });
      expect(broken).toHaveLength(1);
    } finally {
      worker.stop();
      await bundle.remove();
    }
    expect(await readFile(mutant.file, 'utf8')).toBe(before);
    expect(existsSync(bundle.path)).toBe(false);
  });
});
