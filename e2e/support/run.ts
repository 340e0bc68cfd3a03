/** `npm run e2e [-- playwright arguments]`: a browser, a fresh estate, the browser tests, and everything stopped again. */
import { spawn } from 'node:child_process'
import { startEstate } from './estate'
import { findChromium } from './find-chromium'

async function main(args: readonly string[]): Promise<number> {
  const chromiumPath = findChromium()
  // A running estate may be named, so that one test can be repeated quickly while it is being written.
  const given = process.env.HOMEPORT_URL && process.env.HOMEPORT_DATA_DIR
  const estate = given
    ? {
        url: process.env.HOMEPORT_URL!,
        dataDir: process.env.HOMEPORT_DATA_DIR!,
        startMs: 0,
        stop: async () => undefined,
      }
    : await startEstate()
  console.error(`The estate is at ${estate.url}; it took ${Math.round(estate.startMs / 1000)} s to start.`)
  try {
    return await playwright(args, {
      HOMEPORT_URL: estate.url,
      HOMEPORT_DATA_DIR: estate.dataDir,
      CHROMIUM_PATH: chromiumPath,
    })
  } finally {
    await estate.stop()
  }
}

function playwright(args: readonly string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const command = ['test', '--config', 'e2e/playwright.config.ts', ...args]
    const child = spawn('node_modules/.bin/playwright', command, { stdio: 'inherit', env: { ...process.env, ...env } })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

process.exitCode = await main(process.argv.slice(2))
