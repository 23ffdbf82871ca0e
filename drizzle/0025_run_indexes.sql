DROP INDEX "sync"."rejected_records_account_stream_record_id_index";--> statement-breakpoint
DROP INDEX "sync"."runs_account_stream_started_at_index";--> statement-breakpoint
CREATE INDEX "rejected_records_standing_index" ON "sync"."rejected_records" USING btree ("account","stream","record_id") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "runs_account_stream_outcome_id_index" ON "sync"."runs" USING btree ("account","stream","outcome","id");--> statement-breakpoint
CREATE INDEX "runs_walk_id_index" ON "sync"."runs" USING btree ("walk_id");--> statement-breakpoint
CREATE INDEX "runs_account_stream_latest_index" ON "sync"."runs" USING btree ("account","stream",greatest(started_at, finished_at));--> statement-breakpoint
CREATE INDEX "runs_account_stream_walked_index" ON "sync"."runs" USING btree ("account","stream","walk_started_at") WHERE outcome = 'complete' or unreadable > 0;--> statement-breakpoint
CREATE INDEX "runs_account_stream_skewed_index" ON "sync"."runs" USING btree ("account","stream","id") WHERE skewed > 0;