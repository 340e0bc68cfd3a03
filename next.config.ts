import type { NextConfig } from 'next'

const config: NextConfig = {
  output: 'standalone',
  poweredByHeader: false,
  // Loaded at run time by path or kept as one copy per process; bundling them breaks both.
  serverExternalPackages: ['pg', 'pino', 'prom-client', 'pg-boss'],
  // `npm run check` proves the types; doing it again would add half a minute to a newcomer's first start.
  typescript: { ignoreBuildErrors: true },
  // The estate of the embedded default lies beside the sources and is none of the build's business.
  outputFileTracingExcludes: { '*': ['.homeport/**', '.next-builds/**', 'test-results/**', 'e2e/**', 'docs/**'] },
}
export default config
