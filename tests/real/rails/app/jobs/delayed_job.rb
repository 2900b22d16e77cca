class DelayedJob < ApplicationJob
  self.queue_adapter = :delayed_job
end
