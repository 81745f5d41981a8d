import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StripeGatewayOptions } from '../../../../src/adapters/stripe/index.ts';
import { checkOptions } from '../../../../src/adapters/stripe/options.ts';
import { isPaymentMethodsError } from '../../../../src/application/errors.ts';
import { canaryKey } from '../samples.ts';

const anything = fc.string({ unit: 'binary', maxLength: 30 });
const key = fc.oneof(
  fc.constant(canaryKey),
  anything.map((text) => `${canaryKey}${text}`),
);
const baseUrl = fc.oneof(
  fc.webUrl({ validSchemes: ['http', 'https', 'ftp'], withQueryParameters: true }),
  fc.domain().map((host) => `https://${host}`),
  fc.constantFrom('https://api.stripe.com', 'http://127.0.0.1:1', 'http://[::1]', 'http://localhost.example.com'),
  anything,
);
const account = fc.oneof(fc.stringMatching(/^acct_[A-Za-z0-9]{1,20}$/), anything);
const options = fc.record(
  {
    apiKey: key,
    auth: fc.constantFrom('bearer', 'basic', undefined),
    apiVersion: fc.oneof(fc.constant('2025-10-29.clover'), anything),
    baseUrl,
    account,
    context: fc.oneof(account, anything),
    deadlineMs: fc.oneof(fc.constant(1), fc.double()),
    maxTries: fc.oneof(fc.constant(1), fc.integer()),
  },
  { requiredKeys: ['apiKey'] },
) as fc.Arbitrary<StripeGatewayOptions>;

const printable = /^[\x20-\x7e]+$/;

describe('whatever the options are', () => {
  it('they are refused without a word of the key, or lead to Stripe, a host with https, or loopback', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(options, (given) => {
        try {
          const { origin, headers, authorization } = checkOptions(given);
          reached.add('accepted');
          const { protocol, hostname } = new URL(origin);
          if (protocol === 'http:') expect(hostname).toMatch(/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/);
          else expect(protocol).toBe('https:');
          if (given.baseUrl === undefined) expect(origin).toBe('https://api.stripe.com');
          for (const text of [...headers, authorization]) expect(text).toMatch(printable);
        } catch (error) {
          if (!isPaymentMethodsError(error, 'GATEWAY_MISCONFIGURED')) throw error;
          reached.add('refused');
          expect(`${error.stack}${JSON.stringify(error)}`).not.toMatch(/canary/i);
        }
      }),
      { numRuns: 3_000 },
    );
    expect([...reached].sort()).toEqual(['accepted', 'refused']);
  });
});
