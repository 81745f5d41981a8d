import type { ContractCase } from './eventStore/support.ts';
import { activationCases } from './readModels/activating.ts';
import { documentCases } from './readModels/documents.ts';
import { raceCases } from './readModels/races.ts';
import type { MakeReadModels } from './readModels/support.ts';

/** What every `ReadModels` must do, whatever it is made of. */
export function readModelsContract(makeReadModels: MakeReadModels): readonly ContractCase[] {
  return [...documentCases(makeReadModels), ...raceCases(makeReadModels), ...activationCases(makeReadModels)];
}
