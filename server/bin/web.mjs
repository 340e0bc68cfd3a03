// Hosts the standalone web server. It adds one thing: when the supervisor that started it is killed, it ends as well.
process.on('disconnect', () => process.exit(0))
await import('../../.next/standalone/server.js')
