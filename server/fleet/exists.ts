import { access } from 'node:fs/promises'

/** Whether a path leads to something that this process may see. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
