import { decodeEvent } from '../../application/eventCodec.ts';
import { PaymentMethods } from '../../application/paymentMethods.ts';
import type { ReconcileResult } from '../../application/results.ts';
import { migrate, PostgresEventStore, verify } from '../postgres/index.ts';
import { StripeGateway } from '../stripe/index.ts';
import { randomIds, systemClock } from '../system/system.ts';
import type { DemoSetting } from './demoSetting.ts';
import { setUpDemo } from './demoSetting.ts';
import { columns, describeEvent, describeResult } from './describe.ts';

const schema = 'attach_payment_method_demo';
const actor = 'demo';

/** Runs the whole story once and prints it. True when every step ended as it should and the trail verifies. */
async function runDemo(setting: DemoSetting, print: (line: string) => void): Promise<boolean> {
  const { pool, line, apiKey, create } = setting;
  const trail = `demo-${systemClock.now().toISOString()}`;
  await migrate({ pool, schema });
  const eventStore = new PostgresEventStore({ pool, schema, trail });
  const gateway = new StripeGateway({ apiKey, baseUrl: line.url });
  const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });

  print(`Postgres: ${setting.postgres}`);
  print(`Stripe:   ${setting.stripe}\n`);
  const steps: string[][] = [];
  let asExpected = true;
  const step = async (title: string, expected: string, call: () => Promise<ReconcileResult>) => {
    const before = line.attaches();
    const result = await call();
    const posts = line.attaches() - before;
    steps.push([`${steps.length + 1}.`, title, result.outcome, describeResult(result), `${posts} POST`]);
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
    for (const row of columns(steps)) print(row);

    print(`\nThe trail ${trail}, as Postgres has it:\n`);
    const events = [['#', 'stream', 'v', 'event', 'what', 'evidence', 'hash']];
    for await (const recorded of eventStore.readTrail()) events.push(describeEvent(decodeEvent(recorded)));
    for (const row of columns(events)) print(row);

    const verified = await verify(eventStore);
    print(
      verified.intact
        ? `\nVerified: ${verified.events} events, the hash chain is intact, head ${verified.hash.slice(0, 16)}…`
        : `\nTAMPERED at position ${verified.position}: ${verified.problem}`,
    );
    return asExpected && verified.intact;
  } finally {
    await paymentMethods.close();
    await eventStore.close();
    await gateway.close();
  }
}

const { STRIPE_API_KEY: key } = process.env;
if (key !== undefined && !/^[sr]k_test_/.test(key)) {
  console.error(
    'STRIPE_API_KEY is not a test key (sk_test_… or rk_test_…). The demo creates customers and cards: give it one.',
  );
  process.exitCode = 2;
} else {
  const setting = await setUpDemo(process.env);
  const interrupted = () => void setting.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const asExpected = await runDemo(setting, (line) => console.log(line));
    if (!asExpected) console.error('\nThe demo did not end as it should: see above.');
    process.exitCode = asExpected ? 0 : 1;
  } finally {
    await setting.close();
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}
