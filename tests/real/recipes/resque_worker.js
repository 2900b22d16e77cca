// A worker of node-resque. With GRACEFUL it waits for its job when it is told to stop.
const { Worker } = require("node-resque")
const Redis = require("ioredis")

const connect = () => new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null })
const recipe = process.env.RECIPE
const redis = connect()

// Job 0 goes on until it may end, the others are short.
async function perform(number) {
  await redis.rpush(`begun:${recipe}`, number)
  while (number === 0 && !(await redis.exists("go"))) {
    await new Promise((done) => setTimeout(done, 50))
  }
  await redis.rpush(`done:${recipe}`, number)
}

const options = { connection: { redis: connect() }, queues: [recipe], timeout: 500 }
const worker = new Worker(options, { work: { perform } })
worker.on("error", console.error)
worker.connect().then(() => worker.start())
if (process.env.GRACEFUL) {
  process.on("SIGTERM", () => worker.end().then(() => process.exit(0)))
}
