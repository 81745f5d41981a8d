import { decodeEvent } from '../../application/events/eventCodec.ts';
import { PaymentMethods } from '../../application/paymentMethods.ts';
import type { ReconcileResult } from '../../application/useCases/results.ts';
import { verify } from '../audit/index.ts';
import { migrate, PostgresEventStore } from '../postgres/index.ts';
import { StripeGateway } from '../stripe/index.ts';
import { randomIds, systemClock } from '../system/system.ts';
import type { DemoSetting } from './demoSetting.ts';
import { findProblem, setUpDemo } from './demoSetting.ts';
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

/** The messages of an error and of what caused it, one a line. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message || ('code' in error ? String(error.code) : error.name);
  return error.cause === undefined ? message : `${message}\n  ${explain(error.cause)}`;
}

/** Exit code 0: all went as it should. 1: it did not. 2: bad settings. 3: it could not run. */
async function main(): Promise<void> {
  const problem = findProblem(process.env);
  if (problem !== null) {
    console.error(problem);
    process.exitCode = 2;
    return;
  }
  const settingUp = setUpDemo(process.env);
  let takingDown: Promise<void> | undefined;
  const takeDown = () => {
    takingDown ??= settingUp.then((setting) => setting.close());
    return takingDown;
  };
  const interrupted = () => {
    void takeDown()
      .catch(() => {})
      .finally(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
  // Whoever reads the output has gone, for example `head`.
  process.stdout.on('error', interrupted);
  try {
    const asExpected = await runDemo(await settingUp, (line) => console.log(line));
    if (!asExpected) console.error('\nThe demo did not end as it should: see above.');
    process.exitCode = asExpected ? 0 : 1;
    await takeDown();
  } catch (error) {
    console.error(`The demo could not run. ${explain(error)}`);
    process.exitCode = 3;
    await takeDown().catch(() => {});
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupted);
}

await main();
