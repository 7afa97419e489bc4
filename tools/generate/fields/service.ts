import ts from 'typescript';
import type { Names } from '../names.js';
import { found, SourceEditor } from '../source-editor.js';
import { type Field, filterParameter, isFilter, isSearched, isSent, rangeParameters } from './fields.js';
import { addLinkMethods } from './links.js';

/** Passes the filter and the search of a field from `findAll` to the repository. */
export function addToService(text: string, names: Names, field: Field): string {
  const source = new SourceEditor(text);
  const range = rangeParameters(field);
  if (isFilter(field) || range) {
    const parameters = range ? [range.after, range.before] : isSent(field) ? [filterParameter(field)] : [];
    for (const parameter of parameters) {
      source.addElement(queryParameter(source), parameter, (element) => element.getText().startsWith('...'));
    }
    const condition = range
      ? `${field.name}: { after: ${range.after}, before: ${range.before} }`
      : field.type === 'refs'
        ? `${field.name}: ${filterParameter(field)}`
        : field.name;
    const where = source.findIn('findAll', isProperty('where'));
    if (where) {
      const conditions = found(
        source.find(ts.isObjectLiteralExpression, undefined, where),
        'an object "where"',
      );
      source.addElement(conditions, condition);
    } else {
      source.addElement(pageQuery(source), `where: { ${condition} }`, isProperty('searchIn'));
    }
  }
  if (isSearched(field)) {
    const searchIn = source.findIn('findAll', isProperty('searchIn'));
    if (searchIn) {
      const columns = found(
        source.find(ts.isArrayLiteralExpression, undefined, searchIn),
        'an array "searchIn"',
      );
      source.addElement(columns, `'${field.name}'`);
    } else {
      source.addElement(pageQuery(source), `searchIn: ['${field.name}']`);
    }
  }
  return field.type === 'refs' ? addLinkMethods(source.text, names, field) : source.text;
}

/** Returns the pattern `{ …query }` of the second parameter. */
function queryParameter(source: SourceEditor): ts.ObjectBindingPattern {
  const parameter = () =>
    found(source.findIn('findAll', isLastParameter), 'a parameter "query" of "findAll"').name;
  const name = parameter();
  if (ts.isIdentifier(name)) {
    source.replace(name.getStart(), name.end, `{ ...${name.text} }`);
  }
  return parameter() as ts.ObjectBindingPattern;
}

/** Returns the object `{ ...query }` that the repository receives. */
function pageQuery(source: SourceEditor): ts.ObjectLiteralExpression {
  const place = 'a call of "findPage" in "findAll" whose second argument is an object';
  const argument = () => found(source.findIn('findAll', isCallOf('findPage')), place).arguments[1];
  const query = argument();
  if (query && ts.isIdentifier(query)) {
    source.replace(query.getStart(), query.end, `{\n...${query.text} }`);
  }
  const object = argument();
  return found(object && ts.isObjectLiteralExpression(object) ? object : undefined, place);
}

function isProperty(name: string) {
  return (node: ts.Node): node is ts.PropertyAssignment | ts.ShorthandPropertyAssignment =>
    (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) && node.name.getText() === name;
}

/** The parameters in front of it are the owner and, in a nested module, the id of the other row. */
function isLastParameter(node: ts.Node): node is ts.ParameterDeclaration {
  return ts.isParameter(node) && node.parent.parameters.length > 1 && node.parent.parameters.at(-1) === node;
}

function isCallOf(method: string) {
  return (node: ts.Node): node is ts.CallExpression =>
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === method;
}
