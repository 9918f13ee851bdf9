// Starts the emulator on a free port of this machine and says where. It ends when its input does.
import { createServer } from 'node:net'
import { createEmulator } from 'emulate'

const free = () =>
  new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })

const users = ['acme', 'fleet-bot', 'ann', 'eve'].map(login => ({ login, name: login }))
const tokens = Object.fromEntries(users.map(({ login }) => [`ghp_${login}`, { login, scopes: ['repo', 'user'] }]))
const emulator = await createEmulator({ service: 'github', port: await free(), seed: { tokens, github: { users } } })
console.log(emulator.url.replace('localhost', '127.0.0.1'))
process.stdin.resume()
process.stdin.on('end', async () => {
  await emulator.close()
  process.exit(0)
})
