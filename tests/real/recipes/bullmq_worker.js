// A worker of BullMQ. With GRACEFUL it waits for its jobs when it is told to stop.
const { Worker } = require("bullmq")
const Redis = require("ioredis")

const connect = () => new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null })
const recipe = process.env.RECIPE
const redis = connect()

// Job 0 goes on until it may end, the others are short.
async function work(job) {
  await redis.rpush(`begun:${recipe}`, job.name)
  while (job.name === "0" && !(await redis.exists("go"))) {
    await new Promise((done) => setTimeout(done, 50))
  }
  await redis.rpush(`done:${recipe}`, job.name)
}

const worker = new Worker(recipe, work, {
  connection: connect(),
  lockDuration: 2000,
  stalledInterval: 1000,
  maxStalledCount: 0,
})
if (process.env.GRACEFUL) {
  process.on("SIGTERM", () => worker.close().then(() => process.exit(0)))
}
