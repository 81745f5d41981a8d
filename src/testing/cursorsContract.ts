import { equal } from 'node:assert/strict';
import type { Cursors } from '../application/ports/cursors.ts';
import type { ContractCase } from './eventStore/support.ts';

/** What every `Cursors` must do. `makeCursors` answers new ones, nothing saved. */
export function cursorsContract(makeCursors: () => Promise<Cursors>): readonly ContractCase[] {
  return [
    {
      name: 'nothing is loaded that was not saved',
      run: async () => {
        const cursors = await makeCursors();
        await cursors.save('a', '{"n":1}');
        equal(await cursors.load('b'), null);
      },
    },
    {
      name: 'what was saved last is loaded, to the byte',
      run: async () => {
        const cursors = await makeCursors();
        await cursors.save('a', '{"n":1}');
        await cursors.save('a', '{ "z":2,  "é":"\\u00e9" }');
        equal(await cursors.load('a'), '{ "z":2,  "é":"\\u00e9" }');
      },
    },
  ];
}
