import type { TrailRecord } from '../../application/events/eventCodec.ts';
import type {
  CustomerPaymentMethod,
  CustomerPaymentMethods,
} from '../../application/readModels/paymentMethodsByCustomer.ts';
import { cardWords, identifier, timeOf } from './fields.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import type { ReportParts } from './page.ts';
import { page } from './page.ts';
import { timeline } from './timeline.ts';
import { spelled } from './words.ts';

export type CustomerStory = {
  readonly customer: CustomerPaymentMethods;
  /** what happened to the customer, in the order of the trail */
  readonly events: readonly TrailRecord[];
};

/** A customer's payment methods, and how they came to be so, as a page: see `page`. */
export function customerReport({ customer, events, ...parts }: ReportParts & CustomerStory): string {
  const id = customer.customerId;
  return page({ ...parts, kind: 'Customer', id, standing: standingOf(customer), timeline: timeline(events, id) });
}

function standingOf({ isDeleted, defaultPaymentMethodId, paymentMethods }: CustomerPaymentMethods): Html {
  const attached = paymentMethods.filter(({ status }) => status === 'attached').length;
  const words = `${attached} of ${paymentMethods.length} payment methods attached`;
  return html`<p class="badge ${attached > 0 ? 'done' : 'asked'}">${words}</p>
${isDeleted ? html`<p class="badge changed">The customer was deleted at Stripe</p>` : null}
${paymentMethods.length === 0 ? null : paymentMethodsTable(paymentMethods, defaultPaymentMethodId)}`;
}

function paymentMethodsTable(paymentMethods: readonly CustomerPaymentMethod[], defaultId: string | null): Html {
  return html`<div class="scroll" role="region" aria-label="Payment methods" tabindex="0"><table>
<caption>Payment methods, in the order in which they were first asked for or seen</caption>
<thead><tr><th scope="col">Payment method</th><th scope="col">Status</th><th scope="col">What it is</th><th scope="col">Last event</th></tr></thead>
<tbody>${paymentMethods.map((one) => row(one, one.paymentMethodId === defaultId))}</tbody>
</table></div>`;
}

function row({ paymentMethodId, status, type, card, lastEvent }: CustomerPaymentMethod, isDefault: boolean): Html {
  const what = cardWords(card) ?? (type === null ? '—' : spelled(type));
  return html`<tr><th scope="row">${identifier(paymentMethodId)}</th>
<td>${spelled(status)}${isDefault ? ' (default)' : ''}</td><td>${what}</td>
<td>${timeOf(lastEvent.recordedAt)}, position ${lastEvent.position}</td></tr>`;
}
