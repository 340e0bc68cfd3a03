import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const INSTALL_TIMEOUT_MS = 10 * 60_000

/**
 * A Chromium to test with: the one named by CHROMIUM_PATH, one that is installed, or one that the system's package manager
 * or Playwright's own installer can get. Throws with what to do when none of these works.
 */
export function findChromium(): string {
  const named = process.env.CHROMIUM_PATH
  if (named) {
    if (existsSync(named)) return named
    throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`)
  }
  return firstInstalled() ?? installFromSystem() ?? installFromPlaywright() ?? explain()
}

const firstInstalled = (): string | null => installed.find(existsSync) ?? null

function installFromSystem(): string | null {
  const isRoot = process.getuid?.() === 0
  if (!isRoot || !existsSync('/usr/bin/apt-get')) return null
  console.error('No Chromium found: installing Debian’s package.')
  return attempt('apt-get', ['update'], ['install', '-y', '--no-install-recommends', 'chromium'])
    ? firstInstalled()
    : null
}

function installFromPlaywright(): string | null {
  console.error('No Chromium found: trying Playwright’s own installer.')
  if (!attempt('node_modules/.bin/playwright', ['install', 'chromium'])) return null
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : null
}

function attempt(program: string, ...steps: string[][]): boolean {
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    for (const args of steps)
      execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env, timeout: INSTALL_TIMEOUT_MS })
    return true
  } catch {
    return false
  }
}

function explain(): never {
  throw new Error(
    'The browser tests need Chromium and none could be found or installed. Install it (Debian: apt-get install chromium) ' +
      'or set CHROMIUM_PATH to a Chromium or Chrome executable.',
  )
}
