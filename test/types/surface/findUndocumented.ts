import ts from 'typescript';
import type { PublicName } from './publicNames.ts';

/** Says which names have no doc comment: exported ones, and the methods of exported classes and interfaces. */
export function findUndocumented(checker: ts.TypeChecker, { entry, name, symbol }: PublicName): string[] {
  const methods = isDescribed(symbol) ? membersOf(checker, symbol).filter((member) => isMethod(member)) : [];
  const named = [[name, symbol] as const, ...methods.map((method) => [`${name}.${method.name}`, method] as const)];
  return named
    .filter(([, one]) => one.getDocumentationComment(checker).length === 0)
    .map(([path, one]) => `${entry} ${path} has no doc comment: say what it promises (${placeOf(one)})`);
}

function isDescribed({ flags }: ts.Symbol): boolean {
  return (flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) !== 0;
}

function membersOf(checker: ts.TypeChecker, symbol: ts.Symbol): readonly ts.Symbol[] {
  return checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).filter(isOurs);
}

function isMethod({ flags, declarations = [] }: ts.Symbol): boolean {
  const isPrivate = declarations.some((one) => ts.getCombinedModifierFlags(one) & ts.ModifierFlags.Private);
  return (flags & ts.SymbolFlags.Method) !== 0 && !isPrivate;
}

/** False of what a library or the language declares. */
export function isOurs({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((one) => !one.getSourceFile().fileName.includes('/node_modules/'));
}

function placeOf({ declarations = [] }: ts.Symbol): string {
  const file = declarations[0]?.getSourceFile().fileName ?? '';
  return file.slice(file.indexOf('/dist/') + 1);
}
