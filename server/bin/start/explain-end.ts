import path from 'node:path'
import { tellsOfFullDisk } from './disk-space'

/** Why everything stops when one process has ended for good, and what to do. */
export function explainEnd(name: string, { dataDir, lastWords }: { dataDir: string; lastWords: string }): string {
  const log = path.join(dataDir, 'logs', `${name}.log`)
  if (tellsOfFullDisk(lastWords))
    return `The ${name} process ended because the disk is full (No space left on device). Make room for ${dataDir} and start again; see ${log}.`
  return `The ${name} process keeps ending; see ${log}.`
}
