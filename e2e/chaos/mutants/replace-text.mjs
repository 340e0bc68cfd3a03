/** The loader's side of plant-source.mjs: what it is given is replaced exactly once in each module, or the module is refused. */
let patches = []

export function initialize(data) {
  patches = data.patches
}

export async function load(url, context, nextLoad) {
  const own = patches.filter(({ file }) => url.split('?')[0].endsWith(`/${file}`))
  const loaded = await nextLoad(url, context)
  if (own.length === 0) return loaded
  let text = String(loaded.source)
  for (const { file, from, to } of own) {
    const parts = text.split(from)
    if (parts.length !== 2) throw new Error(`Planted ${parts.length - 1} times in ${file}, not once: ${from}`)
    text = parts.join(to)
  }
  process.emit('mutant-planted', own.length)
  return { ...loaded, source: text }
}
