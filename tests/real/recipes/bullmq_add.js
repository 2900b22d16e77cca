// Queues so many jobs in each of these queues.
const { Queue } = require("bullmq")
const Redis = require("ioredis")

const [count, ...names] = process.argv.slice(2)
const connection = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null })
const jobs = Array.from({ length: Number(count) }, (_, number) => ({ name: String(number), data: {} }))
Promise.all(names.map((name) => new Queue(name, { connection }).addBulk(jobs))).then(() => process.exit(0))
