import { describe, expect, it } from 'vitest';
import { neverKept } from '../../../../src/adapters/privacy/index.ts';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import { stripePaymentMethod } from '../samples.ts';
import { everyAnswer } from './everyAnswer.ts';

const stripe = useScriptedStripe();
const canary = 'Canary-7f3a';

/** The object with something else under a path of it. */
function withAt(object: object, path: string, value: unknown): object {
  const [name = '', ...rest] = path.split('.');
  const within: unknown = Reflect.get(object, name);
  const inner = typeof within === 'object' && within !== null ? within : {};
  return { ...object, [name]: rest.length === 0 ? value : withAt(inner, rest.join('.'), value) };
}

async function whatIsReadOf(path: string, value: unknown): Promise<string> {
  const answers = await everyAnswer(stripe, withAt(stripePaymentMethod(), path, value), true);
  for (const answer of answers) expect(JSON.stringify(answer)).toContain('4242');
  return JSON.stringify(answers);
}

describe('what the policy says is never kept', () => {
  it.each(neverKept)('is read of no answer and no event of Stripe’s: %s', async (path) => {
    for (const value of [canary, { note: canary }, [canary]]) {
      expect(await whatIsReadOf(path, value)).not.toContain(canary);
    }
  });

  it('would be found, as a field is that is kept', async () => {
    expect(await whatIsReadOf('card.fingerprint', canary)).toContain(canary);
    expect(await whatIsReadOf('billing_details.name', canary)).toContain(canary);
  });
});
