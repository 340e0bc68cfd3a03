/**
 * The environment of a process that the fleet starts: nothing of ours leaks into it (no PG* variables, no secrets).
 * The cast: Next.js declares NODE_ENV compulsory in every environment, which holds for its own processes only.
 */
export function bareEnvironment(more: NodeJS.Dict<string> = {}): NodeJS.ProcessEnv {
  const environment: NodeJS.Dict<string> = { PATH: '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C', ...more }
  return environment as NodeJS.ProcessEnv
}
