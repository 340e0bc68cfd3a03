import { statfs } from 'node:fs/promises'
import { nearestFolder } from './make-folder'

const GB = 1e9

/**
 * Throws with what to do when the disk of `folder`, which need not exist yet, has less than `neededBytes` free. A file
 * system that does not say how large it is holds nobody up.
 */
export async function refuseFullDisk(folder: string, neededBytes: number): Promise<void> {
  const freeBytes = await findFreeBytes(folder)
  if (freeBytes === null || freeBytes >= neededBytes) return
  throw new Error(
    `The disk of ${folder} has ${inGb(freeBytes)} GB free and a new estate needs ${inGb(neededBytes)} GB. ` +
      'Make room, or name a place on another disk with --data-dir.',
  )
}

/** Whether what a process wrote last says that a disk was full. */
export function tellsOfFullDisk(lastWords: string): boolean {
  return /ENOSPC|no space left on device/i.test(lastWords)
}

/** Null when it is not known, also when the folder cannot be reached: whoever makes it says so better. */
async function findFreeBytes(folder: string): Promise<number | null> {
  const disk = await nearestFolder(folder)
    .then((nearest) => statfs(nearest))
    .catch(() => null)
  return disk === null || disk.blocks === 0 ? null : disk.bavail * disk.bsize
}

/** Rounded down, so that what is too little never reads as enough. */
function inGb(bytes: number): string {
  return (Math.floor((bytes / GB) * 10) / 10).toFixed(1)
}
