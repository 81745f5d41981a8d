import type { ParsedAttach } from '../commands/commands.ts';
import { isPaymentMethodsError } from '../errors.ts';
import type { CallOptions } from '../ports/paymentMethodGateway.ts';
import type { AttachResult } from './results.ts';
import type { SettingDefaults } from './setDefault.ts';

/** The result of an attach, with how it went to make it the customer's default, which never hides that it is attached. */
export async function thenSetAsDefault(
  settingDefaults: SettingDefaults,
  wish: ParsedAttach,
  result: AttachResult,
  options: CallOptions,
): Promise<AttachResult> {
  if (result.outcome !== 'attached' || wish.customer.kind !== 'customer') return result;
  const { paymentMethodId } = result;
  const second = { customerId: wish.customer.id, paymentMethodId, attemptId: wish.attemptId };
  try {
    return { ...result, setAsDefault: await settingDefaults.setDefault(second, wish.context, options) };
  } catch (error) {
    if (!isPaymentMethodsError(error)) throw error;
    return { ...result, setAsDefault: { ...second, outcome: 'failed', error } };
  }
}
