// Hosts the standalone web server named by the first argument. It adds one thing: when the supervisor that started it is
// killed, it ends as well.
process.on('disconnect', () => process.exit(0))
await import(process.argv[2])
