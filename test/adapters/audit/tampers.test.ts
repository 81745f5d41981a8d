import { expect, it } from 'vitest';
import { verify } from '../../../src/adapters/audit/index.ts';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { all, anEvent } from '../../../src/testing/eventStore/support.ts';
import { randomFrom } from '../../support/random.ts';
import { aSealKey, sealsAt } from '../../support/sealing.ts';
import type { Pick, Sealed } from '../../support/flips.ts';
import { tamperKinds } from '../../support/tampers.ts';
import { viewOf } from '../../support/trailView.ts';

/** One seed makes one sequence of tampers: set TAMPER_SEED to see a failure again. */
const seed = Number(process.env['TAMPER_SEED'] ?? 1);
const planted = Number(process.env['TAMPERS'] ?? 10_000);
const key = aSealKey();
const publicKeys = { [key.keyId]: key.publicKey };

function pickFrom(random: () => number): Pick {
  return (least, most) => least + Math.floor(random() * (most - least + 1));
}

/** A trail of a few streams with all sorts of text in it, sealed three times, the last time shortly before its end. */
async function aSealedTrail(pick: Pick): Promise<Sealed> {
  const store = new InMemoryEventStore();
  for (let index = 0; index < 24; index += 1) {
    const data = JSON.stringify({
      n: index,
      name: 'Ana 𝄞 é \u2028',
      'quote"': '\\\u001f',
      padding: 'x'.repeat(pick(0, 90)),
    });
    await store.append([{ stream: `a-${pick(0, 6)}`, expectedVersion: 'any', events: [anEvent({ data })] }]);
  }
  const trail = { events: await all(store), head: await store.readHead() };
  return { ...trail, seals: await sealsAt(trail, [7, 15, 21], key) };
}

it(`P7: ${planted} planted tampers are found, each with its position and problem (TAMPER_SEED=${seed})`, {
  timeout: 300_000,
}, async () => {
  const random = randomFrom(seed);
  const pick = pickFrom(random);
  const kinds = Object.entries(tamperKinds);
  const found = new Map<string, number>();
  const missed: unknown[] = [];
  let sealed = await aSealedTrail(pick);
  for (let index = 0; index < planted; index += 1) {
    if (index % 500 === 499) sealed = await aSealedTrail(pick);
    // Every other one is a bit of an event: there are so many of those.
    const [kind, plant] = kinds[index % 2 === 0 ? 0 : (index >> 1) % kinds.length] ?? [];
    if (kind === undefined || plant === undefined) throw new TypeError('no kind of tamper');
    const { title, position, problem, ...tampered } = plant(sealed, pick);
    if (JSON.stringify(tampered) === JSON.stringify(sealed)) throw new Error(`${title} changed nothing`);
    const verified = await verify(viewOf(tampered), { seals: tampered.seals, publicKeys });
    const isNamed = !verified.intact && verified.position === position && verified.problem === problem;
    if (isNamed) found.set(kind, (found.get(kind) ?? 0) + 1);
    else missed.push({ index, kind, title, position, problem, verified });
  }
  expect(missed.slice(0, 5)).toEqual([]);
  expect([...found.keys()]).toEqual(Object.keys(tamperKinds));
});
