# Sidekiq's job. Told to stop, its worker waits for it, but not for long, and then has it queued again.
require "sidekiq"
require "redis"

class Work
  include Sidekiq::Worker

  # Job 0 goes on until it may end, the others are short.
  def perform(recipe, number)
    redis = Redis.new(url: ENV["REDIS_URL"])
    redis.rpush("begun:#{recipe}", number)
    sleep 0.05 until number != 0 || redis.exists?("go")
    redis.rpush("done:#{recipe}", number)
  end
end
