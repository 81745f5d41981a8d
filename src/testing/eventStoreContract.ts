import { appendingCases } from './eventStore/appending.ts';
import { expectedVersionCases } from './eventStore/expectedVersions.ts';
import { readingCases } from './eventStore/reading.ts';
import { refusingCases } from './eventStore/refusing.ts';
import { repeatingCases } from './eventStore/repeating.ts';
import type { ContractCase, MakeStore } from './eventStore/support.ts';

/**
 * What every `EventStore` must do, whatever it is made of. `makeStore` answers a store on an empty trail, or, when given a
 * trail's name, a further store on that same trail; stores on one name must share what they keep.
 */
export function eventStoreContract(makeStore: MakeStore): readonly ContractCase[] {
  return [
    ...appendingCases(makeStore),
    ...expectedVersionCases(makeStore),
    ...repeatingCases(makeStore),
    ...refusingCases(makeStore),
    ...readingCases(makeStore),
  ];
}
