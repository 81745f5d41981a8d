const secrets = /\b(?:(?:[srp]k_(?:live|test)|whsec)_)[A-Za-z0-9_]+/g;
/** But for the word itself, which is what an example says. */
const passwords = /\b(postgres(?:ql)?:\/\/[^:@\s/]*):(?!password@)[^@\s]*@/gi;
/** Control and format characters, among them those that turn the direction of what follows; and halves of a pair. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text from outside, for a terminal: what would move the cursor, change colours or hide is spelled out. */
export function printable(text: string): string {
  return text.replace(unseen, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** JSON that a terminal shows as it is: what `printable` would spell out is escaped as JSON does. */
export function printableJson(json: string): string {
  return json.replace(unseen, (character) => {
    if (character === '\n') return character;
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}

/** Takes out keys and passwords, which somebody may have typed in a wrong place. */
export function withoutSecrets(text: string): string {
  return text
    .replace(secrets, (key) => `${key.slice(0, key.startsWith('whsec') ? 6 : 8)}…`)
    .replace(passwords, '$1:…@');
}
