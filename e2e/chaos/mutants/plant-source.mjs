/**
 * Changes the text of modules of ours as they are loaded, so that a bug can be planted without any trace of it in the code that
 * runs in production. Given to Node with --import, before tsx, by spawn-experiment.ts and by nobody else.
 */
import { register } from 'node:module'

const text = process.env.HOMEPORT_MUTANT
if (text) {
  if (process.env.NODE_ENV !== 'test') throw new Error('HOMEPORT_MUTANT is refused outside of tests.')
  const { source = [] } = JSON.parse(text)
  register('./replace-text.mjs', import.meta.url, { data: { patches: source } })
}
