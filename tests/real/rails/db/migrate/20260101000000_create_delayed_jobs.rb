class CreateDelayedJobs < ActiveRecord::Migration[6.1]
  def change
    create_table :delayed_jobs do |table|
      table.integer :priority, default: 0, null: false
      table.integer :attempts, default: 0, null: false
      table.text :handler, null: false
      table.text :last_error
      table.datetime :run_at, :locked_at, :failed_at
      table.string :locked_by, :queue
      table.timestamps null: true
    end
    add_index :delayed_jobs, %i[priority run_at]
  end
end
