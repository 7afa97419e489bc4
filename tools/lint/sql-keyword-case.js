/** An oxlint rule for SQL in strings: keywords are in upper case. `oxlint --fix` converts them. */
const STATEMENT =
  /^\s*(?:select\s|insert into|update \S+\s+set|delete from|with \w+ as|(?:create|alter|drop)\s(?:or replace |unique )?(?:table|index|schema|function|trigger|extension|role|policy)|set local|lock table|truncate table)/i;
/** Literals, quoted names, comments, aliases and return types, which stay as they are; or a keyword, in the first group. */
const TOKENS =
  /'[^']*'|"[^"]*"|--.*|(?<=\b(?:[Aa][Ss]|[Rr][Ee][Tt][Uu][Rr][Nn][Ss]) )\w+|\b(select|distinct|from|where|with|as|join|left|inner|cross|lateral|on|and|or|not|null|is|in|exists|like|ilike|between|case|when|then|else|end|union|all|group by|order by|asc|desc|limit|for update|skip locked|insert|into|values|conflict|do nothing|do update|update|set|delete|returning|create|replace|alter|drop|truncate|table|column|index|concurrently|unique|schema|function|trigger|returns|language|before|after|for each row|execute|begin|constraint|primary key|references|default|check|cascade|using|if)\b/g;
/** Joins the parts of a template, so that a quoted literal may span a placeholder. */
const PLACEHOLDER = '\0';

const keywordCase = {
  meta: { type: 'layout', fixable: 'code' },
  create(context) {
    const check = (node, parts, isTagged = false) => {
      const text = parts.join(PLACEHOLDER);
      if (!isTagged && !STATEMENT.test(text)) {
        return;
      }
      const fixed = text.replace(TOKENS, (token, keyword) => keyword?.toUpperCase() ?? token);
      if (fixed !== text) {
        context.report({
          node,
          message: 'Write SQL keywords in upper case.',
          fix: (fixer) =>
            fixer.replaceText(node, replaceParts(context, node, parts, fixed.split(PLACEHOLDER))),
        });
      }
    };
    return {
      TemplateLiteral: (node) =>
        check(
          node,
          node.quasis.map(({ value }) => value.raw),
          node.parent.tag?.name === 'sql',
        ),
      Literal: (node) => typeof node.value === 'string' && check(node, [node.raw.slice(1, -1)]),
    };
  },
};

function replaceParts(context, node, parts, replacements) {
  const source = context.sourceCode.getText(node);
  let end = 0;
  let result = '';
  for (const [index, part] of parts.entries()) {
    const start = source.indexOf(part, end);
    result += source.slice(end, start) + replacements[index];
    end = start + part.length;
  }
  return result + source.slice(end);
}

export default { meta: { name: 'sql' }, rules: { 'keyword-case': keywordCase } };
