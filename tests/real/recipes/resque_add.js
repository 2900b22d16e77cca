// Queues so many jobs in each of these queues.
const { Queue } = require("node-resque")
const Redis = require("ioredis")

const [count, ...names] = process.argv.slice(2)
const redis = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null })
const queue = new Queue({ connection: { redis } })

async function add() {
  await queue.connect()
  for (const name of names) {
    for (let number = 0; number < Number(count); number++) await queue.enqueue(name, "work", [number])
  }
}
add().then(() => process.exit(0))
