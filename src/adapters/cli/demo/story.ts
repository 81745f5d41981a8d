import { decodeEvent } from '../../../application/events/eventCodec.ts';
import { PaymentMethods } from '../../../application/paymentMethods.ts';
import type { Verification } from '../../../application/trail/verifyTrail.ts';
import type { ReconcileResult } from '../../../application/useCases/results.ts';
import { verify } from '../../audit/index.ts';
import { migrate, PostgresEventStore } from '../../postgres/index.ts';
import { StripeGateway } from '../../stripe/index.ts';
import { randomIds, systemClock } from '../../system/system.ts';
import { describeEvent, describeResult } from '../output/describe.ts';
import { columns } from '../output/table.ts';
import type { DemoSetting } from './demoSetting.ts';

const schema = 'attach_payment_method_demo';
const actor = 'demo';

export type DemoResult = {
  readonly trail: string;
  /** true when every step ended as it should, and the trail verifies */
  readonly asExpected: boolean;
  readonly steps: readonly { readonly title: string; readonly result: ReconcileResult; readonly posts: number }[];
  readonly verification: Verification;
};

/** Runs the whole story once and prints it. Between two steps it gives up when the signal says so. */
export async function tellStory(
  setting: DemoSetting,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<DemoResult> {
  const { pool, line, apiKey, create } = setting;
  const trail = `demo-${systemClock.now().toISOString()}`;
  await migrate({ pool, schema });
  const eventStore = new PostgresEventStore({ pool, schema, trail });
  const gateway = new StripeGateway({ apiKey, baseUrl: line.url });
  const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });

  print(`Postgres: ${setting.postgres}`);
  print(`Stripe:   ${setting.stripe}\n`);
  const steps: DemoResult['steps'][number][] = [];
  let asExpected = true;
  const step = async (title: string, expected: string, call: () => Promise<ReconcileResult>) => {
    signal.throwIfAborted();
    const before = line.attaches();
    const result = await call();
    const posts = line.attaches() - before;
    steps.push({ title, result, posts });
    asExpected &&= result.outcome === expected;
    return result;
  };
  try {
    const [ana, ben] = [await create('/v1/customers', { name: 'Ana' }), await create('/v1/customers', { name: 'Ben' })];
    const visa = await create('/v1/payment_methods', { type: 'card', 'card[token]': 'tok_visa' });
    const mastercard = await create('/v1/payment_methods', { type: 'card', 'card[token]': 'tok_mastercard' });
    const attempt = { paymentMethodId: visa, customer: ana, attemptId: 'checkout-1', actor };

    await step('Ana attaches a card', 'attached', () => paymentMethods.attach(attempt));
    await step('the same attempt again', 'attached', () => paymentMethods.attach(attempt));
    await step('a card that is declined', 'rejected', () =>
      paymentMethods.attach({ paymentMethodId: 'pm_card_chargeDeclined', customer: ana, actor }),
    );
    await step('Ben tries Ana’s card', 'rejected', () =>
      paymentMethods.attach({ paymentMethodId: visa, customer: ben, actor }),
    );
    line.loseAnswers(true);
    await step('Stripe’s answer is lost', 'unknown', () =>
      paymentMethods.attach({ paymentMethodId: mastercard, customer: ana, actor }),
    );
    line.loseAnswers(false);
    await step('reconcile', 'attached', () => paymentMethods.reconcile({ paymentMethodId: mastercard, actor }));
    for (const row of columns(steps.map(stepRow))) print(row);

    print(`\nThe trail ${trail}, as Postgres has it:\n`);
    const events = [['#', 'stream', 'v', 'event', 'what', 'evidence', 'hash']];
    for await (const recorded of eventStore.readTrail()) events.push(describeEvent(decodeEvent(recorded)));
    for (const row of columns(events)) print(row);

    const verification = await verify(eventStore);
    print(
      verification.intact
        ? `\nVerified: ${verification.events} events, the hash chain is intact, head ${verification.hash.slice(0, 16)}…`
        : `\nTAMPERED at position ${verification.position}: ${verification.problem}`,
    );
    return { trail, asExpected: asExpected && verification.intact, steps, verification };
  } finally {
    await paymentMethods.close();
    await eventStore.close();
    await gateway.close();
  }
}

function stepRow({ title, result, posts }: DemoResult['steps'][number], index: number): string[] {
  return [`${index + 1}.`, title, result.outcome, describeResult(result), `${posts} POST`];
}
