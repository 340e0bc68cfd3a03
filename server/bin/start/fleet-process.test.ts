import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { whenFleetIsUp } from './fleet-process'

/** A process that refuses to start as the fleet's does. */
function refuse(message: string) {
  const script = `process.send(${JSON.stringify({ ready: false, message })})`
  return spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
}

test('a fleet that met a full disk says what to do', async () => {
  const child = refuse('A database could not be made in /e: FATAL: could not write to file: No space left on device')
  await expect(whenFleetIsUp(child, '/estate')).rejects.toThrow(
    /^The fleet process ended because the disk is full .*Make room for \/estate and start again/,
  )
})

test('any other refusal of the fleet is passed on as it is', async () => {
  await expect(whenFleetIsUp(refuse('A fleet already runs on /e.'), '/e')).rejects.toThrow(
    'A fleet already runs on /e.',
  )
})
