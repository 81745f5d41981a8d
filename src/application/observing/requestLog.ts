/**
 * Where Stripe's Dashboard shows a request, to whoever may log in there; null where its mode is not known. The id is of the
 * form of Stripe's (`req_…`). https://docs.stripe.com/development/dashboard/request-logs
 */
export function requestLogUrl(requestId: string, isLive: boolean | null): string | null {
  if (isLive === null) return null;
  return `https://dashboard.stripe.com/${isLive ? '' : 'test/'}logs/${encodeURIComponent(requestId)}`;
}
