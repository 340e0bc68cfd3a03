import { defineConfig } from '@playwright/test'

/** Run by e2e/support/run.ts, which finds a browser, starts an estate and says where both are. */
export default defineConfig({
  testDir: 'browser',
  testMatch: '**/*.e2e.ts',
  outputDir: '../test-results',
  fullyParallel: false,
  workers: 1, // one estate, and operations change it: the files run in order
  // Long enough for any test on a slow machine: some wait for a failover, some for the next code of a second factor.
  timeout: 240_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['./support/why-reporter.ts']],
  use: {
    baseURL: process.env.HOMEPORT_URL,
    actionTimeout: 20_000,
    navigationTimeout: 40_000,
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH,
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run'],
    },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    video: 'off', // recording needs a download of its own
  },
})
