import prohibitedStrings from 'remark-lint-prohibited-strings';
import validateLinks from 'remark-validate-links';
import { toString } from 'mdast-util-to-string';
import { visit } from 'unist-util-visit';

const maxWords = 30;

/** Phrases that make a reader guess, with the plain wording. Single words are in cspell.json. */
const phrases = [
  { no: "[Cc](?:an['’]t|annot) be had", yes: 'is unavailable' },
  { no: '(?:is|are) away', yes: 'is down' },
  { no: '[Bb]ut for', yes: 'except' },
  { no: 'in any case', yes: 'case-insensitive' },
  { no: 'see to it', yes: 'make sure' },
  { no: 'what a request costs', yes: 'CPU time per request' },
];

/** Reports sentences that are too long to understand at the first reading. Table cells count one by one. */
function sentenceLength() {
  return (tree, file) => {
    visit(tree, ['heading', 'paragraph'], (node) => {
      for (const sentence of toString(node).split(/(?<=[.!?:;])\s+|\|/)) {
        const words = sentence.trim().split(/\s+/).length;
        if (words > maxWords) {
          file.message(
            `${words} words in one sentence: write at most ${maxWords}: ${sentence.slice(0, 60)}…`,
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
