import { describe, expect, it } from '@jest/globals';
import { parseAdminCommand } from './admin-command.js';

describe('parseAdminCommand', () => {
  it.each<[string[], object]>([
    [['list'], { name: 'list', argument: '' }],
    [['list', 'ada'], { name: 'list', argument: 'ada' }],
    [
      ['grant', 'ada@example.com', '--reason', 'first'],
      { name: 'grant', argument: 'ada@example.com', reason: 'first' },
    ],
    [['ban', 'ada@example.com', '--until', '2100-12-31'], { until: new Date('2100-12-31T00:00:00Z') }],
    [
      ['ban', 'ada@example.com', '--until', '2100-12-31T18:00:00+01:00'],
      { until: new Date('2100-12-31T17:00:00Z') },
    ],
    [['--help'], { name: 'help' }],
  ])('parses %j', (args, command) => {
    expect(parseAdminCommand(args)).toMatchObject(command);
  });

  it.each([
    [[], 'The command is missing.'],
    [['promote', 'ada@example.com'], 'The command "promote" is unknown.'],
    [['constructor', 'ada@example.com'], 'The command "constructor" is unknown.'],
    [['grant'], 'The email address is missing.'],
    [['grant', 'ada@example.com', 'bob@example.com'], 'There are too many arguments.'],
    [['grant', 'ada@example.com', '--until', '2100-01-01'], 'Only ban has --until.'],
    [['ban', 'ada@example.com', '--until', 'tomorrow'], '--until must be a date in the future'],
    [['ban', 'ada@example.com', '--until', '2020-01-01'], '--until must be a date in the future'],
    [['ban', 'ada@example.com', '--until', '2100-02-31'], '--until must be a date in the future'],
    [['ban', 'ada@example.com', '--force'], "Unknown option '--force'"],
  ])('rejects %j', (args, message) => {
    expect(() => parseAdminCommand(args)).toThrow(message);
  });
});
