type Outage = {
  since: Date
  /** Region of the console; null when it is not known. */
  servedFrom: string | null
  /** The page that was asked for. */
  retryPath: string
}

/**
 * The page that stands in for every other one while the catalog is away: plain markup, no script and nothing to fetch, so
 * that it comes whatever else is broken. It shows nothing of the estate, because nobody's session can be checked.
 */
export function outagePage({ since, servedFrom, retryPath }: Outage): string {
  const instant = since.toISOString()
  const vantage = servedFrom && servedFrom !== 'unknown' ? `, as seen from the console in ${asText(servedFrom)}` : ''
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="/icon.svg">
<title>The catalog cannot be reached · Homeport</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="product">Homeport</p>
<h1><span aria-hidden="true">▨</span> The catalog cannot be reached</h1>
<p>It has not answered since <time datetime="${instant}">${instant.slice(0, 10)} ${instant.slice(11, 19)}Z</time> (UTC)${vantage}.</p>
<p><a class="button" href="${asText(retryPath)}">Try again</a></p>
<h2>What goes on without it</h2>
<ul>
<li>The cells keep serving: their gates and write epochs live in the cells themselves.</li>
<li>Routers use their cached routes for a bounded time.</li>
<li>No switchover starts, and nothing can be approved.</li>
</ul>
<h2>What you can do</h2>
<ul>
<li>A tab of the console that is still open keeps its last known values, each with its age. Do not reload it.</li>
<li>Whoever runs the console: bring back the PostgreSQL server that DATABASE_URL names. The console reconnects by itself; <a href="/api/ready">/api/ready</a> tells when it has.</li>
</ul>
<p class="note">Nothing of the estate is shown here: without the catalog the console cannot tell who you are.</p>
</main>
</body>
</html>
`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function asText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

/** The colours of app/globals.css, which this page does without. */
const STYLE = `
:root { color-scheme: light dark; --back: #fff; --ink: #12161c; --quiet: #434d59; --primary: #155dca; --primary-ink: #fff }
@media (prefers-color-scheme: dark) { :root { --back: #0b0e14; --ink: #e6ebf2; --quiet: #b3bdcb; --primary: #7c9dff; --primary-ink: #0b0e14 } }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 40rem; margin: 0 auto; padding: max(2rem, 12vh) 1rem 2rem }
h1 { margin: 0.25rem 0 0.75rem; font-size: 1.5rem; line-height: 1.25; font-weight: 600 }
h2 { margin: 1.5rem 0 0.25rem; font-size: 1rem; font-weight: 600 }
ul { margin: 0; padding-left: 1.25rem }
li { margin: 0.25rem 0 }
time { white-space: nowrap; font-variant-numeric: tabular-nums }
.product, .note { color: var(--quiet); margin: 0 }
.note { margin-top: 1.5rem }
a { color: var(--primary) }
a:focus-visible { outline: 2px solid var(--primary); outline-offset: 2px }
.button { display: inline-block; margin-top: 0.5rem; padding: 0.625rem 1.25rem; border-radius: 4px; background: var(--primary); color: var(--primary-ink); text-decoration: none; font-weight: 500 }
`
