import { equal } from 'node:assert/strict';
import type { Generation, ReadModels } from '../../application/ports/readModels.ts';

/** Read models without anything in them; with a trail's name, further ones over what those of that name keep. */
export type MakeReadModels = (trail?: string) => Promise<ReadModels>;

export const first = { name: 'cards', version: 1 };
export const second = { name: 'cards', version: 2 };

export async function put(
  models: ReadModels,
  generation: string,
  from: number,
  to: number,
  documents: Readonly<Record<string, string | null>>,
): Promise<void> {
  const changes = Object.entries(documents).map(([key, document]) => ({ key, document }));
  equal(await models.apply('cards', generation, { from, to, changes }), 'applied');
}

export async function built(
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

export function positions(generations: readonly Generation[]): number[] {
  return generations.map(({ position }) => position);
}

export function ids(generations: readonly Generation[]): string[] {
  return generations.map(({ id }) => id);
}
