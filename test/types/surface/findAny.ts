import ts from 'typescript';
import { isOurs } from './findUndocumented.ts';
import type { PublicName } from './publicNames.ts';

/** Says where a public name's type is or holds `any`; what only a library declares is the library's own. */
export function findAny(checker: ts.TypeChecker, { entry, name, symbol }: PublicName): string[] {
  const problems: string[] = [];
  const seen = new Set<ts.Type>();

  function visitSymbol(one: ts.Symbol, path: string): void {
    visit(checker.getTypeOfSymbol(one), path);
  }

  function visitSignature(signature: ts.Signature, path: string): void {
    for (const parameter of signature.getParameters()) visitSymbol(parameter, `${path}(${parameter.name})`);
    for (const parameter of signature.getTypeParameters() ?? []) visit(parameter, `${path}<${parameter.symbol.name}>`);
    visit(signature.getReturnType(), `${path}()`);
  }

  function visit(type: ts.Type, path: string): void {
    if (type.flags & ts.TypeFlags.Any) problems.push(`${entry} ${path} is any`);
    if (seen.has(type)) return;
    seen.add(type);
    for (const argument of argumentsOf(checker, type)) visit(argument, `${path}<>`);
    if (type.isUnionOrIntersection()) for (const part of type.types) visit(part, path);
    const constraint = type.isTypeParameter() ? type.getConstraint() : undefined;
    if (constraint !== undefined) visit(constraint, path);
    if (type.symbol !== undefined && !isOurs(type.symbol)) return;
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()])
      visitSignature(signature, path);
    for (const index of checker.getIndexInfosOfType(type)) visit(index.type, `${path}[]`);
    if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))
      for (const property of type.getProperties())
        if (isTyped(property)) visitSymbol(property, `${path}.${property.name}`);
  }

  if (symbol.flags & ts.SymbolFlags.Type) visit(checker.getDeclaredTypeOfSymbol(symbol), name);
  if (symbol.flags & ts.SymbolFlags.Value) visit(checker.getTypeOfSymbol(symbol), name);
  return problems;
}

/** The declarations give private fields no type, and the language gives a class's prototype one of its own. */
function isTyped({ name, flags }: ts.Symbol): boolean {
  return name !== '#private' && (flags & ts.SymbolFlags.Prototype) === 0;
}

function argumentsOf(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  const aliased = type.aliasTypeArguments ?? [];
  if (!isReference(type)) return aliased;
  const parameters = type.target.typeParameters ?? [];
  // What an AsyncIterable returns at its end is any because the language's own default says so.
  const isDefault = (at: number) => ((parameters[at]?.getDefault()?.flags ?? 0) & ts.TypeFlags.Any) !== 0;
  return [...aliased, ...checker.getTypeArguments(type).filter((_, at) => !isDefault(at))];
}

function isReference(type: ts.Type): type is ts.TypeReference {
  const objectFlags = 'objectFlags' in type ? Number(type.objectFlags) : 0;
  return (objectFlags & ts.ObjectFlags.Reference) !== 0;
}
