import ts from 'typescript';
import type { Names } from '../../names.js';
import { SourceEditor } from '../../source-editor.js';
import type { Field } from '../fields.js';
import { label } from './form.js';

/** Shows the first string in a row of the list, or else the first text. */
export function addToList(text: string, { variable }: Names, field: Field, fields: Field[]): string {
  const source = new SourceEditor(text, ts.ScriptKind.TSX);
  const title = fields.find(({ type }) => type === 'string') ?? fields.find(({ type }) => type === 'text');
  const shown = source.findIn('titleOf', ts.isReturnStatement)?.expression;
  if (!shown || field !== title) {
    return text;
  }
  const canBeEmpty = field.nullable || field.range?.min === 0;
  const placeholder = canBeEmpty ? ` || 'No ${label(field.name).toLowerCase()}'` : '';
  source.replace(shown.getStart(), shown.end, `${variable}.${field.name}${placeholder}`);
  return source.text;
}
