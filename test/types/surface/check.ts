import { findAny } from './findAny.ts';
import { findStrictOptions } from './findStrictOptions.ts';
import { findUndocumented } from './findUndocumented.ts';
import { readPublicNames } from './publicNames.ts';

const { checker, names } = readPublicNames();
const problems = names.flatMap((name) => [
  ...findAny(checker, name),
  ...findUndocumented(checker, name),
  ...findStrictOptions(checker, name),
]);
for (const problem of new Set(problems)) console.error(problem);
console.log(`surface: ${names.length} public names checked, ${problems.length} problems`);
if (names.length === 0 || problems.length > 0) process.exitCode = 1;
