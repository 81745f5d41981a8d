/** True when a text holds what may be a card number: 13 to 19 digits, grouped or not, with a right check digit (ISO/IEC 7812). */
export function holdsCardNumber(text: string): boolean {
  for (const [run] of text.matchAll(/\d(?:[ -]?\d){12,18}/g)) {
    if (hasRightCheckDigit(run.replace(/\D/g, ''))) return true;
  }
  return false;
}

function hasRightCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const weighed = place % 2 === 1 ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
