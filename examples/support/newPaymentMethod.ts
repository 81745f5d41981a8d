/** Makes a card at the simulator as a front end makes one at Stripe, with billing details, and answers its id. */
export async function newPaymentMethod(email: string): Promise<string> {
  const body = new URLSearchParams({ type: 'card', 'card[token]': 'tok_visa', 'billing_details[email]': email });
  const url = `${process.env['STRIPE_API_BASE'] ?? ''}/v1/payment_methods`;
  const headers = { authorization: `Bearer ${process.env['STRIPE_API_KEY'] ?? ''}` };
  const response = await fetch(url, { method: 'POST', headers, body });
  const { id } = (await response.json()) as { readonly id: string };
  return id;
}
