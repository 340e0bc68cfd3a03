import { describe, expect, test } from 'vitest'
import { parseOptions, UsageError } from './options'

describe('the options of npm start', () => {
  test('have defaults', () => {
    expect(parseOptions([])).toMatchObject({ port: 3000, fresh: false, commandsPerSecond: 50 })
  })
  test.each([
    ['a port that is no number', ['--port', 'abc']],
    ['a port that is out of range', ['--port', '70000']],
    ['a negative rate', ['--rate=-1']],
    ['an unknown option', ['--prot', '3000']],
    ['a stray word', ['3000']],
  ])('refuse %s', (_, args) => {
    expect(() => parseOptions(args)).toThrow(UsageError)
  })
})
