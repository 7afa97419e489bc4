import { equal } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A code block of a page, which tells its reader to run commands, or to write or change a file. */
export interface Step {
  language: string;
  text: string;
}

/** Returns the code blocks of a page in these languages. */
export function stepsOf(markdown: string, languages = ['sh', 'ts', 'tsx', 'diff']): Step[] {
  return Array.from(markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms), ([, language, text]) => ({
    language: language as string,
    text: text as string,
  })).filter(({ language }) => languages.includes(language));
}

/** Does what a block tells its reader. Returns the folder that its commands changed to. */
export async function follow({ language, text }: Step, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  if (language === 'sh') {
    return runCommands(text, cwd, env);
  }
  (language === 'diff' ? applyDiff : writeSource)(text, cwd);
  return cwd;
}

/** Runs commands in bash, and returns the folder that they changed to. */
export async function runCommands(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const shell = spawn('bash', ['-c', `set -euo pipefail\n${script}\npwd >&3\n`], {
    cwd,
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  let folder = '';
  shell.stdio[3]?.on('data', (chunk) => (folder += chunk));
  equal((await once(shell, 'close'))[0], 0);
  return folder.trim();
}

/** The file that the first line of a block names: `// PATH` of a file to write, `+++ PATH` of one to change. */
export function pathOf(text: string): string {
  const path = /^(?:\/\/|\+\+\+) (\S+)$/m.exec(text.split('\n', 1)[0]!)?.[1];
  if (!path) {
    throw new Error(`The first line of this block names no file:\n${text}`);
  }
  return path;
}

function writeSource(text: string, cwd: string): void {
  const path = join(cwd, pathOf(text));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text.slice(text.indexOf('\n') + 1));
}

/** Changes a file at the only place that the diff fits. */
function applyDiff(text: string, cwd: string): void {
  const path = join(cwd, pathOf(text));
  const [, ...lines] = text.trimEnd().split('\n');
  const side = (sign: string) =>
    lines
      .filter((line) => line === '' || line.startsWith(' ') || line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const parts = readFileSync(path, 'utf8').split(side('-'));
  if (parts.length !== 2) {
    throw new Error(`This diff fits ${parts.length - 1} places:\n${text}`);
  }
  writeFileSync(path, parts.join(side('+')));
}
