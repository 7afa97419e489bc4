import prohibitedStrings from 'remark-lint-prohibited-strings';
import validateLinks from 'remark-validate-links';
import { visit } from 'unist-util-visit';

const maxWords = 30;

/** Phrases that are hard to understand, with the standard wording. Rejected words are in cspell.json. */
const phrases = [
  { no: "[Cc](?:an['’]t|annot) be had", yes: 'is unavailable' },
  { no: '(?:is|are) away', yes: 'is down' },
  { no: '[Bb]ut for', yes: 'except' },
  { no: 'in any case', yes: 'case-insensitive' },
  { no: 'see to it', yes: 'make sure' },
  { no: 'what a request costs', yes: 'CPU time per request' },
];

/** Reports sentences that are too long to understand at the first reading. Table cells are separate sentences. */
function sentenceLength() {
  return (tree, file) => {
    visit(tree, ['heading', 'paragraph'], (node) => {
      let text = '';
      visit(node, ['text', 'inlineCode'], ({ value }) => {
        text += value;
      });
      for (const sentence of text.split(/(?<=[.!?:;])\s+|\|/)) {
        const words = sentence.trim().split(/\s+/).length;
        if (words > maxWords) {
          file.message(
            `Write at most ${maxWords} words instead of ${words}: ${sentence.slice(0, 60)}…`,
            node,
          );
        }
      }
    });
  };
}

export default {
  plugins: [[validateLinks, { repository: false }], [prohibitedStrings, phrases], sentenceLength],
};
