/** `npm run verify -- FILE`: checks an exported audit bundle with no database and no network. Exit 0 intact, 1 not, 2 unusable input. */
import { readFile } from 'node:fs/promises'
import { verifyBundle } from '@/server/domain/audit/verify-bundle'

const EXIT_INTACT = 0
const EXIT_NOT_INTACT = 1
const EXIT_UNUSABLE = 2

async function main(args: readonly string[]): Promise<number> {
  const [file, ...rest] = args
  const usage = 'Usage: npm run -s verify -- FILE   (a bundle from the audit page or GET /api/v1/audit/export)'
  if (file === '--help' || file === '-h') {
    console.log(usage)
    return EXIT_INTACT
  }
  if (!file || rest.length > 0) {
    console.error(usage)
    return EXIT_UNUSABLE
  }
  try {
    const verdict = verifyBundle(await readFile(file, 'utf8'), file)
    console.log(verdict.says)
    if (!verdict.ok) console.log(`First bad event: ${verdict.firstBadSeq}`)
    return verdict.ok ? EXIT_INTACT : EXIT_NOT_INTACT
  } catch (error) {
    console.error(explain(error, file))
    return EXIT_UNUSABLE
  }
}

function explain(error: unknown, file: string): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return `There is no file ${file}.`
  if (code === 'EISDIR') return `${file} is a directory.`
  if (code) return `${file} cannot be read (${code}).`
  return error instanceof Error ? error.message : String(error)
}

process.exitCode = await main(process.argv.slice(2))
