import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chown } from 'node:fs/promises'
import { FleetError } from './fleet-error'

/** PostgreSQL refuses to run as root, so root hands its servers to this account, which every Unix has. */
const UNPRIVILEGED_ACCOUNT = 'nobody'

export type Account = { uid: number; gid: number }

/** Whom the servers run as: null means as ourselves, which is the case for every ordinary user. */
export function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null
  const row = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${UNPRIVILEGED_ACCOUNT}:`))
  if (!row) {
    throw new FleetError(
      'unsupported-host',
      `PostgreSQL cannot run as root and /etc/passwd has no account "${UNPRIVILEGED_ACCOUNT}": run as an ordinary user.`,
    )
  }
  const [, , uid, gid] = row.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

/** Gives a path to the account of the servers. */
export async function giveTo(account: Account | null, ...paths: string[]): Promise<void> {
  if (account) for (const path of paths) await chown(path, account.uid, account.gid)
}

/** Whether the account can walk into a directory and write there, found out by doing it: modes do not tell all. */
export function canWorkIn(dir: string, account: Account | null): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = spawn('/bin/sh', ['-c', 'cd "$1" && : > .probe && rm .probe', 'sh', dir], {
      stdio: 'ignore',
      cwd: '/',
      ...account,
    })
    probe.on('error', () => resolve(false))
    probe.on('exit', (code) => resolve(code === 0))
  })
}
