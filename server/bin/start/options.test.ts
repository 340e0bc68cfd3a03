import { describe, expect, test } from 'vitest'
import { UsageError } from '../command-line'
import { parseOptions } from './options'

describe('the options of npm start', () => {
  test('have defaults', () => {
    expect(parseOptions([])).toMatchObject({ port: 3000, fresh: false, commandsPerSecond: 50 })
  })
  test.each([
    ['a port that is no number', ['--port', 'abc'], '--port takes a whole number from 1 to 65535, not "abc".'],
    ['a port that is out of range', ['--port', '70000'], '--port takes a whole number from 1 to 65535, not "70000".'],
    ['a negative rate', ['--rate', '-3'], '--rate takes a whole number from 0 to 2000, not "-3".'],
    ['an unknown option', ['--prot', '3000'], 'There is no option --prot.'],
    ['a stray word', ['3000'], '"3000" is not understood here.'],
  ])('refuse %s', (_, args, says) => {
    expect(() => parseOptions(args)).toThrow(new UsageError(says))
  })
})
