import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { MINIMUM_NODE_VERSION } from './node-version.js';

it('requires the Node version of package.json', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  expect(engines.node).toBe(`>=${MINIMUM_NODE_VERSION}`);
});
