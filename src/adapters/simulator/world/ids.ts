const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const counterLength = 5;
/** how many digits one random number is good for: 62 to the power of 8 is under 2 to the power of 53 */
const digitsPerDraw = 8;

/** Ids as Stripe makes them. They never repeat, whatever `random` answers: their last five digits count. */
export class Ids {
  readonly #random: () => number;
  #made = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  paymentMethod(): string {
    return `pm_1${this.#next(23)}`;
  }

  customer(): string {
    return `cus_${this.#next(14)}`;
  }

  account(): string {
    return `acct_1${this.#next(15)}`;
  }

  request(): string {
    return `req_${this.#next(14)}`;
  }

  event(): string {
    return `evt_1${this.#next(23)}`;
  }

  setupIntent(): string {
    return `seti_1${this.#next(23)}`;
  }

  setupAttempt(): string {
    return `setatt_1${this.#next(23)}`;
  }

  paymentIntent(): string {
    return `pi_3${this.#next(23)}`;
  }

  charge(): string {
    return `ch_3${this.#next(23)}`;
  }

  mandate(): string {
    return `mandate_1${this.#next(23)}`;
  }

  webhookEndpoint(): string {
    return `we_1${this.#next(23)}`;
  }

  webhookSecret(): string {
    return `whsec_${this.#next(32)}`;
  }

  clientSecret(intentId: string): string {
    return `${intentId}_secret_${this.#next(31)}`;
  }

  invoicePrefix(): string {
    return this.#next(8).toUpperCase();
  }

  #next(length: number): string {
    let id = '';
    while (id.length < length - counterLength) id += this.#drawn();
    this.#made += 1;
    return id.slice(0, length - counterLength) + inBase62(this.#made).padStart(counterLength, '0');
  }

  #drawn(): string {
    let rest = Math.floor(this.#random() * digits.length ** digitsPerDraw);
    let text = '';
    for (let drawn = 0; drawn < digitsPerDraw; drawn += 1) {
      text += digits[rest % digits.length] ?? '0';
      rest = Math.floor(rest / digits.length);
    }
    return text;
  }
}

/** The same 16 digits for the same card number, as Stripe's fingerprints are within one account. */
export function fingerprintOf(number: string): string {
  if (number === '4242424242424242') return 'mToisGZ01V71BCos';
  let fingerprint = '';
  let hash = 2166136261;
  while (fingerprint.length < 16) {
    for (const character of number) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
    fingerprint += digits[(hash >>> 8) % digits.length] ?? '0';
  }
  return fingerprint;
}

function inBase62(number: number): string {
  let rest = number;
  let text = '';
  do {
    text = (digits[rest % digits.length] ?? '0') + text;
    rest = Math.floor(rest / digits.length);
  } while (rest > 0);
  return text;
}
