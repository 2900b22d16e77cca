class JobsController < ActionController::API
  # So many jobs are queued for each recipe.
  def create
    params[:count].to_i.times do |number|
      DelayedJob.set(queue: "delayed-right").perform_later("delayed-right", number)
      DelayedJob.set(queue: "delayed-wrong").perform_later("delayed-wrong", number)
      SidekiqJob.perform_later("sidekiq-wrong", number)
    end
    head :created
  end
end
