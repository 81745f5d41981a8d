import { setTimeout as delay } from 'node:timers/promises';
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import type { StripeGatewayOptions } from '../../../../src/adapters/stripe/index.ts';
import { useScriptedStripe } from '../gatewayUnderTest.ts';
import { attachRequest, stripeError, stripePaymentMethod } from '../samples.ts';
import type { Script } from '../scriptedServer.ts';
import { cutMidBody, json, reset, text } from '../scriptedServer.ts';
import { sdkTo } from './sdkTo.ts';

const stripe = useScriptedStripe();
const attachedNow = json(200, stripePaymentMethod());
const rateLimited = json(429, stripeError({ type: 'invalid_request_error', code: 'rate_limit' }));

type Difference = {
  readonly situation: string;
  readonly scripts: readonly Script[];
  /** what the SDK comes to, and in how many requests */
  readonly sdk: readonly [outcome: string, requests: number];
  readonly ours: readonly [outcome: string, requests: number];
  readonly sdkConfig?: Stripe.StripeConfig;
  readonly options?: Partial<StripeGatewayOptions>;
};

/** Where the gateway does otherwise than the official SDK, on purpose. */
const differences: readonly Difference[] = [
  {
    situation: 'a 429 without Stripe-Should-Retry had no effect: ask again',
    scripts: [rateLimited, attachedNow],
    sdk: ['StripeRateLimitError', 1],
    ours: ['attached', 2],
  },
  {
    situation: 'a body that is cut off: ask again under the key, and do not wait for ever',
    scripts: [cutMidBody(), attachedNow],
    sdk: ['never settles', 1],
    ours: ['attached', 2],
  },
  {
    situation: 'a reset while retries are switched off: ask once, as told',
    scripts: [reset, attachedNow],
    sdk: ['attached', 2],
    ours: ['unknown connectionLost', 1],
    sdkConfig: { maxNetworkRetries: 0 },
    options: { maxTries: 1 },
  },
  {
    situation: 'a 200 that names another customer: nobody knows',
    scripts: [json(200, stripePaymentMethod({ customer: 'cus_2' }))],
    sdk: ['attached', 1],
    ours: ['unknown unexpectedEcho', 1],
  },
  {
    situation: 'a 200 that is no JSON: nobody knows, and nothing is thrown',
    scripts: [text(200, '<html>')],
    sdk: ['StripeAPIError', 1],
    ours: ['unknown unexpectedAnswer', 1],
  },
  {
    situation: 'a body without end: give up at 1 MB',
    scripts: [text(200, JSON.stringify(stripePaymentMethod({ metadata: { note: 'x'.repeat(2_000_000) } })))],
    sdk: ['attached', 1],
    ours: ['unknown unexpectedAnswer', 1],
  },
  {
    situation: 'a decline is an answer, not an error',
    scripts: [json(402, stripeError({ type: 'card_error', code: 'card_declined' }))],
    sdk: ['StripeCardError', 1],
    ours: ['rejected cardDeclined', 1],
  },
];

async function bySdk(config: Stripe.StripeConfig): Promise<string> {
  const attaching = sdkTo(stripe.server().url, config)
    .paymentMethods.attach('pm_1', { customer: 'cus_1' })
    .then(
      () => 'attached',
      (error: unknown) => (error as Error).constructor.name,
    );
  return Promise.race([attaching, delay(1_000, 'never settles', { ref: false })]);
}

async function byUs(options: Partial<StripeGatewayOptions>): Promise<string> {
  const answer = await stripe.makeGateway(options).attach(attachRequest());
  if (answer.answer === 'unknown') return `unknown ${answer.cause}`;
  return answer.answer === 'rejected' ? `rejected ${answer.reason}` : answer.answer;
}

describe('the gateway does otherwise than the official SDK, on purpose', () => {
  it.each(differences)('$situation', async ({ scripts, sdk, ours, sdkConfig = {}, options = {} }) => {
    const play = async (ask: () => Promise<string>) => {
      stripe.answer(...scripts);
      let outcome = '';
      const requests = await stripe.requestsDuring(async () => {
        outcome = await ask();
      });
      return [outcome, requests.length];
    };
    expect(await play(() => bySdk(sdkConfig))).toEqual(sdk);
    expect(await play(() => byUs(options))).toEqual(ours);
  });
});
