// The scheduler of node-resque. It has the jobs of workers that gave no sign of life done by others.
const { Scheduler } = require("node-resque")
const Redis = require("ioredis")

const redis = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null })
const options = { connection: { redis }, timeout: 500, stuckWorkerTimeout: 2000, retryStuckJobs: true }
const scheduler = new Scheduler(options)
scheduler.on("error", console.error)
scheduler.connect().then(() => scheduler.start())
