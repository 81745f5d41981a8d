import { mutants } from '../sim/mutants/all.ts';
import type { Mutant } from '../sim/mutants/mutant.ts';

const asksTheStore = `      const rows = await this.#call(true, (limitMs) => ({
        ...this.#statements[call.function],
        values: [...call.values, Math.ceil(limitMs)],
      }));`;

/** Faults of the store, which the simulation has another one of. */
export const storeMutants: readonly Mutant[] = [
  {
    name: 'an append is repeated as another one',
    why: 'where only the acknowledgement was lost, it stands twice, or conflicts with itself',
    file: 'src/adapters/postgres/postgresEventStore.ts',
    find: asksTheStore,
    replace: `      let tries = 0;
      const isId = /[0-9a-f]{8}-[0-9a-f-]{27}/g;
      const anew = (value: string | number) =>
        typeof value === 'string' && tries > 1 && !value.includes('schemaVersion') && !value.includes('idempotencyKey')
          ? value.replaceAll(isId, () => globalThis.crypto.randomUUID())
          : value;
      const rows = await this.#call(true, (limitMs) => {
        tries += 1;
        return { ...this.#statements[call.function], values: [...call.values.map(anew), Math.ceil(limitMs)] };
      });`,
  },
];

/** One of the simulation's deliberate faults, or of the store's, by its name. Throws a RangeError that lists them all. */
export function mutantCalled(name: string): Mutant {
  const all = [...mutants, ...storeMutants];
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new RangeError(
    `There is no mutant ${JSON.stringify(name)}. There are:\n  ${all.map((one) => one.name).join('\n  ')}`,
  );
}
