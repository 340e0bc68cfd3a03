import { describe, expect, test } from 'vitest'
import { UsageError } from '../command-line'
import { parsePeople } from './options'

const ada = 'ada@homeport.example'

describe('npm run people', () => {
  test.each([
    [['list'], { verb: 'list', dataDir: null }],
    [['grant', 'approver', '--email', ada], { verb: 'grant', role: 'approver', email: ada, dataDir: null }],
    [
      ['revoke', 'approver', '--email', ada, '--data-dir', 'x'],
      { verb: 'revoke', role: 'approver', email: ada, dataDir: 'x' },
    ],
    [['disable', '--email', ada], { verb: 'disable', email: ada, dataDir: null }],
    [
      ['create', '--name', 'Ada', '--email', ada, '--role', 'viewer'],
      { verb: 'create', name: 'Ada', email: ada, role: 'viewer', dataDir: null },
    ],
    [['--help'], 'help'],
    [['grant', '-h'], 'help'],
  ])('reads %j', (args, command) => {
    expect(parsePeople(args)).toEqual(command)
  })

  test.each([
    [[], 'Name a command.'],
    [['remove', '--email', ada], 'There is no command "remove".'],
    [['--emial', ada], 'There is no option --emial.'],
    [['grant', '--email', ada], 'The role is missing.'],
    [['grant', 'approver'], '--email is missing.'],
    [['grant', '--role', 'approver', '--email', ada], '--role is not understood here.'],
    [['create', '--name', 'Ada', '--email', ada], '--role is missing.'],
    [
      ['create', '--name', 'Ada', '--email', ada, '--role', 'owner'],
      'There is no role "owner". Roles: viewer, operator, approver, compliance, admin.',
    ],
    [['disable', ada], `"${ada}" is not understood here.`],
    [['list', '--email', ada], '--email is not understood here.'],
  ])('refuses %j with one sentence', (args, says) => {
    expect(() => parsePeople(args)).toThrow(new UsageError(says))
  })
})
