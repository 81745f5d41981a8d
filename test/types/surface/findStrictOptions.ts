import ts from 'typescript';
import { isOurs } from './findUndocumented.ts';
import type { PublicName } from './publicNames.ts';

/**
 * Says which options cannot be given as `undefined`: the optional properties of what exported functions, constructors and
 * methods take. A host that passes on an option of its own, set or not, could not write `{ trail: settings.trail }`.
 */
export function findStrictOptions(checker: ts.TypeChecker, { entry, name, symbol }: PublicName): string[] {
  if (!(symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class))) return [];
  const made = symbol.flags & ts.SymbolFlags.Class ? checker.getDeclaredTypeOfSymbol(symbol).getProperties() : [];
  const callables = [[name, symbol] as const, ...made.map((member) => [`${name}.${member.name}`, member] as const)];
  return callables.flatMap(([path, callable]) => {
    const type = checker.getTypeOfSymbol(callable);
    const signatures = [...type.getCallSignatures(), ...type.getConstructSignatures()];
    const parameters = signatures.flatMap((signature) => signature.getParameters());
    return parameters.flatMap((parameter) =>
      optionsOf(checker.getTypeOfSymbol(parameter))
        .filter((option) => !takesUndefined(checker, option))
        .map((option) => `${entry} ${path}: the option ${option.name} does not take undefined`),
    );
  });
}

/** What a caller may leave out of an object it writes down. What `Partial` makes optional is a record's, and has values. */
function optionsOf(type: ts.Type): readonly ts.Symbol[] {
  if (type.isUnion()) return type.types.flatMap(optionsOf);
  if (type.isClassOrInterface()) return [];
  return type.getProperties().filter((one) => isOurs(one) && one.declarations?.some(isMarkedOptional));
}

function isMarkedOptional(declaration: ts.Declaration): boolean {
  return ts.isPropertySignature(declaration) && declaration.questionToken !== undefined;
}

function takesUndefined(checker: ts.TypeChecker, option: ts.Symbol): boolean {
  const type = checker.getTypeOfSymbol(option);
  const parts = type.isUnion() ? type.types : [type];
  // What stands for "absent" has the same flag, so it is told apart by identity.
  return parts.includes(checker.getUndefinedType()) || (type.flags & ts.TypeFlags.Unknown) !== 0;
}
