import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';

/** The headers that Stripe sends with an attach at 2025-10-29.clover. */
const headers = {
  server: 'nginx',
  'content-type': 'application/json',
  'access-control-allow-credentials': 'true',
  'access-control-allow-methods': 'GET, HEAD, PUT, PATCH, POST, DELETE',
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, X-Stripe-External-Auth-Required, X-Stripe-Privileged-Session-Required',
  'access-control-max-age': '300',
  'cache-control': 'no-cache, no-store',
  'content-security-policy':
    "base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'; img-src 'self'; script-src 'self' 'report-sample'; style-src 'self'; worker-src 'none'",
  'idempotency-key': 'bench-0000000000000000',
  'original-request': 'req_bench000000001',
  'request-id': 'req_bench000000001',
  'stripe-should-retry': 'false',
  'stripe-version': '2025-10-29.clover',
  vary: 'Origin',
  'x-stripe-priority-routing-enabled': 'true',
  'x-stripe-routing-context-priority-tier': 'api-testmode',
  'x-wc': 'ABGHI',
  'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
};

const paymentMethod = {
  id: 'pm_1Bench',
  object: 'payment_method',
  allow_redisplay: 'unspecified',
  billing_details: {
    address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
    email: null,
    name: null,
    phone: null,
    tax_id: null,
  },
  card: {
    brand: 'visa',
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    display_brand: 'visa',
    exp_month: 11,
    exp_year: 2030,
    fingerprint: 'fp00000000000000',
    funding: 'credit',
    generated_from: null,
    last4: '4242',
    networks: { available: ['visa'], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  },
  created: 1762799343,
  customer: 'cus_Bench',
  livemode: false,
  metadata: {},
  type: 'card',
};

const body = JSON.stringify(paymentMethod, null, 2);
const head = Object.entries({ ...headers, 'content-length': String(body.length), connection: 'keep-alive' });
const response = Buffer.from(
  `HTTP/1.1 200 OK\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
);

const sockets = new Set<Socket>();

/**
 * Answers every request with the same attach of `pm_1Bench` to `cus_Bench`, once it has arrived whole. It reads no more of
 * HTTP than where a request ends, so that it is the client that is measured. Prints its address.
 */
const server = createServer({ noDelay: true }, (socket) => {
  let arrived = '';
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    arrived += chunk.toString('latin1');
    if (!isWhole(arrived)) return;
    arrived = '';
    socket.write(response);
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('SIGTERM', () => {
  server.close();
  for (const socket of sockets) socket.destroy();
});

function isWhole(request: string): boolean {
  const headEnd = request.indexOf('\r\n\r\n');
  const bodyLength = Number(/\r\ncontent-length: (\d+)/i.exec(request)?.[1] ?? 0);
  return headEnd !== -1 && request.length >= headEnd + 4 + bodyLength;
}
