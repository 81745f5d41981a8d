/** A request as it arrives at Stripe. */
export type StripeRequest = {
  readonly method: string;
  /** percent-encoded, without the query: `/v1/payment_methods/pm_1/attach` */
  readonly path: string;
  /** what stands behind the `?` */
  readonly query?: string | undefined;
  /** names in lower case */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  /** the form text, as sent */
  readonly body?: string | undefined;
};

/** A response as it leaves Stripe. */
export type StripeResponse = {
  readonly status: number;
  /** names in lower case */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
