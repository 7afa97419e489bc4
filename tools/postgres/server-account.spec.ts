import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { serverAccount } from './server-account.js';

const { PATH } = process.env;
let folder: string;

// The PATH has no `id`, so root finds no other account.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'server-account-'));
  process.env.PATH = folder;
  process.getuid = jest.fn(() => 0);
});

const { getuid } = process;
afterEach(() => {
  process.env.PATH = PATH;
  process.getuid = getuid;
  rmSync(folder, { recursive: true });
});

function installUnshare(script: string): void {
  const path = join(folder, 'unshare');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

const find = () => serverAccount('/native', join(folder, 'data'));

it('says that unshare is not installed, and nothing about user namespaces', () => {
  expect(find).toThrow(/"unshare" is not installed \(package util-linux\)\. Run this as a normal user/);
  expect(find).not.toThrow(/namespace/);
});

it('says that the system does not allow user namespaces', () => {
  installUnshare('echo "unshare: unshare failed: Operation not permitted" >&2; exit 1');
  expect(find).toThrow(/does not allow user namespaces \(unshare: unshare failed: Operation not permitted\)/);
});

it('repeats the reason of another failure', () => {
  installUnshare('echo "unshare: unrecognized option: map-user" >&2; exit 1');
  expect(find).toThrow(/cannot run \(unshare: unrecognized option: map-user\)/);
});

it('uses a user namespace if it can', () => {
  installUnshare('exit 0');
  expect(find().prefix[0]).toBe('unshare');
});
