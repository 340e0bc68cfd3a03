import pino from 'pino'

/** One JSON line an event on stderr. Credentials never reach a log: DSNs and secrets are redacted by key. */
export const log = pino(
  {
    level: process.env.LOG_LEVEL ?? 'info',
    redact: {
      paths: [
        'password',
        'secret',
        'token',
        'dsn',
        'cookie',
        '*.password',
        '*.secret',
        '*.token',
        '*.dsn',
        '*.cookie',
        '*.headers.cookie',
        '*.headers.authorization',
      ],
      censor: '[redacted]',
    },
  },
  pino.destination({ dest: 2, sync: true }),
)
