/** A part of the project that setup can remove. */
export type Part = 'template' | 'web';

const lineMarker = /^\s*(?:#|\/\/|<!--)?\s*(template|web):(start|else|end)\s*(?:-->)?\s*$/;
const inlineMarker = /<!-- (template|web):start -->(.*?)(?:<!-- \1:else (.*?) -->)?<!-- \1:end -->/g;

/**
 * Removes the sections of a text that belong to the given parts, and every marker.
 *
 * A section is marked by comments on lines of their own: `template:start` … `template:end` or `web:start` …
 * `web:end`, after `#`, `//` or `<!--`. Lines between `web:else` and `web:end` are comments that take the place of the
 * section. In Markdown, a section inside one line is `<!-- web:start -->…<!-- web:else … --><!-- web:end -->`.
 *
 * @throws Error if a marker has no counterpart.
 */
export function removeParts(text: string, parts: Part[]): string {
  if (!/(template|web):start/.test(text)) {
    return text;
  }
  const kept: string[] = [];
  const open: { part: Part; keep: boolean; alternative: boolean }[] = [];
  for (const line of text.split('\n')) {
    const [, part, kind] = (lineMarker.exec(line) ?? []) as [string?, Part?, string?];
    if (part && kind === 'start') {
      open.push({ part, keep: !parts.includes(part), alternative: false });
    } else if (part) {
      const section = open.pop();
      if (section?.part !== part) {
        throw new Error(`${part}:${kind} has no ${part}:start.`);
      }
      if (kind === 'else') {
        open.push({ part, keep: parts.includes(part), alternative: true });
      }
    } else if (open.every(({ keep }) => keep)) {
      kept.push(open.some(({ alternative }) => alternative) ? uncomment(line) : line);
    }
  }
  if (open[0]) {
    throw new Error(`${open[0].part}:start has no ${open[0].part}:end.`);
  }
  return kept
    .join('\n')
    .replace(inlineMarker, (_, part: Part, section: string, alternative = '') =>
      parts.includes(part) ? alternative : section,
    )
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '');
}

function uncomment(line: string): string {
  return line.replace(/^(\s*)(?:#|\/\/) ?/, '$1');
}
