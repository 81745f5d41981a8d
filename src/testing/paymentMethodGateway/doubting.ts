import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { isPaymentMethodsError } from '../../application/errors.ts';
import type { PaymentMethodGateway, CallOptions } from '../../application/ports/paymentMethodGateway.ts';
import type { Evidence } from '../../domain/evidence.ts';
import type { ContractCase } from '../eventStore/support.ts';
import type { MakeCase, Setting } from './support.ts';
import { anAttach, anAttached, keyed, withoutEvidence } from './support.ts';

/** Asks the gateway for one thing; the key is its own, so that no answer is another's. */
type Ask = (
  gateway: PaymentMethodGateway,
  account: Setting['account'],
  options?: CallOptions,
) => Promise<{ readonly evidence: Evidence }>;

const changes: Readonly<Record<string, Ask>> = {
  attach: (gateway, account, options) => gateway.attach(anAttach(account), options),
  detach: (gateway, account, options) => gateway.detach({ ...anAttached(account), ...keyed() }, options),
  setDefault: (gateway, account, options) => gateway.setDefault({ ...anAttached(account), ...keyed() }, options),
};
const looks: Readonly<Record<string, Ask>> = {
  lookUp: (gateway, account, options) => gateway.lookUp(anAttached(account).paymentMethodId, options),
  lookUpCustomer: (gateway, account, options) => gateway.lookUpCustomer(anAttached(account).customer, options),
  listPaymentMethods: (gateway, account, options) =>
    gateway.listPaymentMethods({ customer: { kind: 'customer', id: anAttached(account).customer } }, options),
  listEvents: (gateway, _, options) => gateway.listEvents({ createdFrom: 0 }, options),
};

/** What no method may take for an answer. */
export function doubting(contractCase: MakeCase): ContractCase[] {
  return [
    ...Object.entries(changes).flatMap(([method, ask]) => doubtsOf(contractCase, method, 'answer', ask)),
    ...Object.entries(looks).flatMap(([method, ask]) => doubtsOf(contractCase, method, 'look', ask)),
    contractCase('never takes a lost answer for a rejection: the effect may have happened', async (setting) => {
      setting.account.faults.next({ fault: 'loseResponse', times: 20 });
      const { evidence, ...answer } = await setting.gateway.attach(anAttach(setting.account));
      deepEqual(answer, { answer: 'unknown', cause: 'connectionLost' });
      equal(setting.account.effects.length, 1);
      ok(evidence.tries.every(({ status }) => status === null));
    }),
  ];
}

function doubtsOf(contractCase: MakeCase, method: string, kind: 'answer' | 'look', ask: Ask): ContractCase[] {
  return [
    contractCase(`${method}: answers unknown when the line is lost`, async ({ account, gateway }) => {
      account.faults.next({ fault: 'loseRequest', times: 20 });
      deepEqual(withoutEvidence(await ask(gateway, account)), { [kind]: 'unknown', cause: 'connectionLost' });
    }),
    contractCase(`${method}: answers unknown for a server error`, async ({ account, gateway }) => {
      account.faults.next({ fault: 'serverError', effect: true, times: 20 });
      deepEqual(withoutEvidence(await ask(gateway, account)), { [kind]: 'unknown', cause: 'serverError' });
    }),
    contractCase(`${method}: answers unknown when the caller gave up, and sends nothing`, async (setting) => {
      const { account, gateway } = setting;
      const answer = await ask(gateway, account, { signal: AbortSignal.abort() });
      deepEqual(withoutEvidence(answer), { [kind]: 'unknown', cause: 'aborted' });
      deepEqual(answer.evidence.tries, []);
      equal(account.effects.length, 0);
    }),
    contractCase(`${method}: throws GATEWAY_UNAUTHORIZED for a key that is not accepted`, async (setting) => {
      const gateway = await setting.make('sk_test_canary');
      await rejects(
        ask(gateway, setting.account),
        (error) => isPaymentMethodsError(error, 'GATEWAY_UNAUTHORIZED') && !error.message.includes('canary'),
      );
    }),
  ];
}
