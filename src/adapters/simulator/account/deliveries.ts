import type { Fault } from '../faults/fault.ts';
import { edgeResponse } from '../pipeline/responses.ts';
import type { StripeResponse } from '../wire/messages.ts';
import type { Delivery } from './options.ts';

/** What becomes of a request that never takes effect; undefined for one that does. */
export function deliveryWithoutEffect(fault: Fault | undefined): Delivery | undefined {
  if (fault?.fault === 'unreachable') return { delivery: 'unreachable' };
  if (fault?.fault === 'loseRequest') return { delivery: 'lost' };
  if (fault?.fault === 'stall' && fault.effect === false) return { delivery: 'stalled' };
  if (fault?.fault === 'badGateway' && fault.effect !== true) {
    return { delivery: 'whole', response: edgeResponse(fault.status) };
  }
  return undefined;
}

/** How the answer to a request that took effect travels. */
export function deliveryOf(response: StripeResponse, fault: Fault | undefined): Delivery {
  if (fault?.fault === 'loseResponse') return { delivery: 'lost' };
  if (fault?.fault === 'stall') return { delivery: 'stalled' };
  if (fault?.fault === 'cutBody') return { delivery: 'cut', response };
  if (fault?.fault === 'badGateway') return { delivery: 'whole', response: edgeResponse(fault.status) };
  if (fault?.fault === 'lateAnswer') return { delivery: 'whole', response, holdMs: fault.ms };
  return { delivery: 'whole', response };
}
