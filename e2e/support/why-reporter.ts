import { stripVTControlCharacters } from 'node:util'
import type { Reporter, TestCase } from '@playwright/test/reporter'

const LINES_MAX = 6
const LINE_LENGTH_MAX = 300

/**
 * Says why, shortly, at the very end: an error that waited for a minute prints every value it saw, and one such error hides the
 * first one in the tail of a log, which is the one that the others came from.
 */
export default class WhyReporter implements Reporter {
  #tests = new Set<TestCase>()

  onTestEnd(test: TestCase): void {
    this.#tests.add(test)
  }

  onEnd(): void {
    const failed = [...this.#tests].filter((test) => test.outcome() === 'unexpected')
    for (const test of failed) console.log(`${test.title}\n${sayWhy(test)}\n`)
  }
}

function sayWhy(test: TestCase): string {
  const error = test.results.at(-1)?.errors[0]
  const lines = stripVTControlCharacters(error?.message ?? 'no error was noted')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, LINES_MAX)
    .map((line) => `  ${line.slice(0, LINE_LENGTH_MAX)}`)
  const { file, line } = error?.location ?? test.location
  return [...lines, `  at ${file}:${line}`].join('\n')
}
