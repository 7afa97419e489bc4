import ts from 'typescript';

type List =
  ts.ArrayLiteralExpression | ts.NamedImports | ts.ObjectBindingPattern | ts.ObjectLiteralExpression;

/** Edits TypeScript source at positions found in its syntax tree. The result still needs formatting. */
export class SourceEditor {
  #tree: ts.SourceFile;

  constructor(
    text: string,
    private readonly kind = ts.ScriptKind.TS,
  ) {
    this.#tree = this.#parse(text);
  }

  get text(): string {
    return this.#tree.text;
  }

  /** Returns the first matching node inside `within`, in source order. */
  find<Node extends ts.Node>(
    guard: (node: ts.Node) => node is Node,
    matches: (node: Node) => boolean = () => true,
    within: ts.Node = this.#tree,
  ): Node | undefined {
    return ts.forEachChild(within, (child) =>
      guard(child) && matches(child) ? child : this.find(guard, matches, child),
    );
  }

  /** Returns the first node of a kind inside the variable, function or method called `name`. */
  findIn<Node extends ts.Node>(name: string, guard: (node: ts.Node) => node is Node): Node | undefined {
    const declaration = this.find(
      (node): node is ts.VariableDeclaration | ts.SignatureDeclaration =>
        ts.isVariableDeclaration(node) || ts.isFunctionLike(node),
      (node) => node.name?.getText() === name,
    );
    return declaration && this.find(guard, undefined, declaration);
  }

  /** Adds an element before the first one that `isLater` accepts, or at the end. */
  addElement(list: List, code: string, isLater: (element: ts.Node) => boolean = () => false): void {
    const elements: ts.NodeArray<ts.Node> = ts.isObjectLiteralExpression(list)
      ? list.properties
      : list.elements;
    const next = elements.find(isLater);
    const last = elements.at(-1);
    if (next) {
      this.insert(next.getStart(), `${code},${this.#separatorBefore(next)}`);
    } else if (last) {
      this.insert(last.end, `,${this.#separatorBefore(last)}${code}`);
    } else {
      this.insert(list.end - 1, code);
    }
  }

  /** Removes the first matching element of an array. */
  removeElement(matches: (element: ts.Node) => boolean): void {
    const list = this.find(ts.isArrayLiteralExpression, ({ elements }) => elements.some(matches));
    const index = list?.elements.findIndex(matches) ?? -1;
    const element = list?.elements[index];
    if (!list || !element) {
      return;
    }
    const previous = list.elements[index - 1];
    const next = list.elements[index + 1];
    if (previous) {
      this.replace(previous.end, element.end, '');
    } else {
      this.replace(element.getStart(), next?.getStart() ?? list.end - 1, '');
    }
  }

  removeImport(module: string): void {
    const statement = this.#imports().find((candidate) => moduleOf(candidate) === module);
    if (statement) {
      this.replace(statement.getStart(), statement.end + 1, '');
    }
  }

  /**
   * Adds a property to the first object in a variable, function or method, before the properties named in `before`.
   *
   * @throws Error if there is no such object.
   */
  addProperty(owner: string, name: string, value: string, before: string[] = []): void {
    const object = found(
      this.findIn(owner, ts.isObjectLiteralExpression),
      `an object in "${owner}" for \`${name}: ${value}\``,
    );
    const nameOf = (property: ts.Node) => (property as ts.ObjectLiteralElementLike).name?.getText() ?? '';
    if (object.properties.some((property) => nameOf(property) === name)) {
      return;
    }
    // Prettier keeps one property per line if the first one is on its own line.
    const lineBreak = object.properties.length === 0 ? '\n' : '';
    this.addElement(object, `${lineBreak}${name}: ${value}`, (property) => before.includes(nameOf(property)));
  }

  /** Adds a name to the imports, in alphabetical order. */
  addImport(module: string, name: string): void {
    const imports = this.#imports();
    const existing = imports.find((statement) => moduleOf(statement) === module);
    const names = existing?.importClause?.namedBindings;
    if (names && ts.isNamedImports(names)) {
      if (names.elements.some((element) => element.name.text === name)) {
        return;
      }
      const key = name.toLowerCase();
      this.addElement(
        names,
        name,
        (element) => (element as ts.ImportSpecifier).name.text.toLowerCase() > key,
      );
      return;
    }
    const groupOf = (path: string) => importGroups.findIndex((group) => group.test(path));
    const group = groupOf(module);
    const isInGroup = (statement: ts.ImportDeclaration) => groupOf(moduleOf(statement)) === group;
    const next = imports.some(isInGroup)
      ? imports.find((statement) => isInGroup(statement) && moduleOf(statement) > module)
      : imports.find((statement) => groupOf(moduleOf(statement)) > group);
    const previous = imports.findLast(isInGroup) ?? imports.at(-1);
    const code = `import { ${name} } from '${module}';`;
    if (next) {
      this.insert(next.getStart(), `${code}\n`);
    } else {
      this.insert(previous?.end ?? 0, `\n${code}`);
    }
  }

  insert(position: number, code: string): void {
    this.replace(position, position, code);
  }

  replace(start: number, end: number, code: string): void {
    this.#tree = this.#parse(`${this.text.slice(0, start)}${code}${this.text.slice(end)}`);
  }

  #imports(): ts.ImportDeclaration[] {
    return this.#tree.statements.filter(ts.isImportDeclaration);
  }

  /** Returns a line break if the element starts a line, so that Prettier keeps one element per line. */
  #separatorBefore(element: ts.Node): string {
    return /\n *$/.exec(this.text.slice(0, element.getStart()))?.[0] ?? ' ';
  }

  #parse(text: string): ts.SourceFile {
    return ts.createSourceFile('source', text, ts.ScriptTarget.Latest, true, this.kind);
  }
}

function moduleOf({ moduleSpecifier }: ts.ImportDeclaration): string {
  return (moduleSpecifier as ts.StringLiteral).text;
}

/** @throws Error that says which place the source doesn't have */
export function found<Node>(node: Node | undefined, place: string): Node {
  if (!node) {
    throw new Error(`There is no place for the field: ${place} is missing.`);
  }
  return node;
}

/** The order in which imports are written: packages, libraries, then files from far to near. */
const importGroups = [/^(?!@app\/|@\/|\.)/, /^@app\//, /^@\//, /^\.\.\//, /^/];
