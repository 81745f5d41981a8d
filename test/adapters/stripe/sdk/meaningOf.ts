import type { Received } from '../scriptedServer.ts';

/** What a request asks, whoever wrote it down. */
export function meaningOf({ method, path, headers, body }: Received) {
  const url = new URL(path, 'http://stripe');
  return {
    method,
    path: url.pathname,
    fields: Object.fromEntries(new URLSearchParams(method === 'POST' ? body : url.search)),
    version: headers['stripe-version'],
    hasKey: headers['idempotency-key'] !== undefined,
    contentType: method === 'POST' ? headers['content-type'] : null,
    key: keyIn(headers.authorization ?? ''),
    account: headers['stripe-account'],
    context: headers['stripe-context'],
  };
}

function keyIn(authorization: string): string | undefined {
  const [scheme, credentials = ''] = authorization.split(' ');
  return scheme === 'Basic' ? Buffer.from(credentials, 'base64').toString().replace(/:$/, '') : credentials;
}
