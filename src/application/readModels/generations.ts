import type { Generation } from '../ports/readModels.ts';

export type Activation =
  | { readonly result: 'behind' | 'gone' }
  | { readonly result: 'activated'; readonly dropped: readonly string[] };

/**
 * Decides whether a generation may become the active one of its version. Not while it is behind the one that it replaces:
 * a reader would go back in time. Drops what it replaces and whatever else is older, but for the newest active one of another
 * version, which serves processes of the release before until the next version comes.
 */
export function decideActivation(generations: readonly Generation[], id: string): Activation {
  const candidate = generations.find((generation) => generation.id === id);
  if (candidate === undefined) return { result: 'gone' };
  const others = generations.filter((one) => one.id !== id && byNewest(candidate, one) < 0);
  const active = others.filter(({ state }) => state === 'active');
  const replaced = active.filter(({ version }) => version === candidate.version);
  if (replaced.some(({ position }) => position > candidate.position)) return { result: 'behind' };
  const [kept] = active.filter(({ version }) => version !== candidate.version).sort(byNewest);
  return { result: 'activated', dropped: others.filter((one) => one !== kept).map((one) => one.id) };
}

/** The newest first. */
export function byNewest(one: Generation, other: Generation): number {
  return Number(other.id) - Number(one.id);
}
