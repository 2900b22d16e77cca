# A small Rails app: a page that takes jobs, workers of Delayed Job on Postgres and of Sidekiq on Redis.
require "rails"
require "active_record/railtie"
require "active_job/railtie"
require "action_controller/railtie"
require "delayed_job_active_record"
require "sidekiq"

class Shop < Rails::Application
  config.load_defaults 6.1
  config.eager_load = true
  config.cache_classes = true
  config.secret_key_base = "of a test"
  config.log_level = :warn
  config.active_record.dump_schema_after_migration = false
end
