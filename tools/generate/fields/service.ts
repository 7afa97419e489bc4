import ts from 'typescript';
import type { Names } from '../names.js';
import { SourceEditor } from '../source-editor.js';
import { type Field, isFilter, isSearched, isSent } from './fields.js';

/** Passes the filter and the search of a field from `findAll` to the repository. */
export function addToService(text: string, _names: Names, field: Field): string {
  const source = new SourceEditor(text);
  if (isFilter(field)) {
    const { name } = field;
    if (isSent(field)) {
      source.addElement(queryParameter(source), name, (element) => element.getText().startsWith('...'));
    }
    const where = source.findIn('findAll', isProperty('where'));
    if (where) {
      source.addElement(where.initializer as ts.ObjectLiteralExpression, name);
    } else {
      source.addElement(pageQuery(source), `where: { ${name} }`, isProperty('searchIn'));
    }
  }
  if (isSearched(field)) {
    const searchIn = source.findIn('findAll', isProperty('searchIn'));
    if (searchIn) {
      source.addElement(searchIn.initializer as ts.ArrayLiteralExpression, `'${field.name}'`);
    } else {
      source.addElement(pageQuery(source), `searchIn: ['${field.name}']`);
    }
  }
  return source.text;
}

/** Returns the pattern `{ …query }` of the second parameter. */
function queryParameter(source: SourceEditor): ts.ObjectBindingPattern {
  const parameter = () => source.findIn('findAll', isParameterAt(1)) as ts.ParameterDeclaration;
  const { name } = parameter();
  if (ts.isIdentifier(name)) {
    source.replace(name.getStart(), name.end, `{ ...${name.text} }`);
  }
  return parameter().name as ts.ObjectBindingPattern;
}

/** Returns the object `{ ...query }` that the repository receives. */
function pageQuery(source: SourceEditor): ts.ObjectLiteralExpression {
  const argument = () => (source.findIn('findAll', isCallOf('findPage')) as ts.CallExpression).arguments[1]!;
  const query = argument();
  if (ts.isIdentifier(query)) {
    source.replace(query.getStart(), query.end, `{\n...${query.text} }`);
  }
  return argument() as ts.ObjectLiteralExpression;
}

function isProperty(name: string) {
  return (node: ts.Node): node is ts.PropertyAssignment =>
    ts.isPropertyAssignment(node) && node.name.getText() === name;
}

function isParameterAt(index: number) {
  return (node: ts.Node): node is ts.ParameterDeclaration =>
    ts.isParameter(node) && node.parent.parameters[index] === node;
}

function isCallOf(method: string) {
  return (node: ts.Node): node is ts.CallExpression =>
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === method;
}
