import type { NextConfig } from 'next'

const config: NextConfig = {
  output: 'standalone',
  poweredByHeader: false,
  // Loaded at run time by path or kept as one copy per process; bundling them breaks both.
  serverExternalPackages: ['pg', 'pino', 'prom-client', 'pg-boss'],
}
export default config
