import { describe, expect, test } from 'vitest'
import { explainUsage, parseWords, UsageError } from './command-line'

const options = { port: { type: 'string' }, fresh: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
const parse = (...args: string[]) => parseWords({ args, options }).values

describe('the words of a command', () => {
  test('are read as Node reads them', () => {
    expect(parse('--port', '3000', '--fresh')).toEqual({ port: '3000', fresh: true })
  })

  test.each([
    ['an unknown option', ['--prot', '3000'], 'There is no option --prot.'],
    ['an unknown letter', ['-x'], 'There is no option -x.'],
    ['a stray word', ['3000'], '"3000" is not understood here.'],
    ['an option without its value', ['--port'], '--port needs a value.'],
    ['another option as its value', ['--port', '--fresh'], '--port needs a value.'],
    ['a value where there is none', ['--fresh=yes'], '--fresh takes no value.'],
    ['a value where there is a letter', ['--help=yes'], '--help takes no value.'],
  ])('are refused with one sentence: %s', (_, args, says) => {
    expect(() => parse(...args)).toThrow(new UsageError(says))
  })

  test('a negative number is the value of the option before it', () => {
    expect(parse('--port', '-3')).toEqual({ port: '-3' })
  })

  test('the sentence stands last but for where to read on', () => {
    expect(explainUsage(new UsageError('There is no option --prot.'), 'npm start')).toBe(
      'There is no option --prot. See npm start -- --help.',
    )
  })
})
