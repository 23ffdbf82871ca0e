ALTER TABLE "sync"."rejected_records" ADD COLUMN "last_seen_at" timestamp with time zone;--> statement-breakpoint
UPDATE "sync"."rejected_records" SET "last_seen_at" = "first_seen_at";--> statement-breakpoint
ALTER TABLE "sync"."rejected_records" ALTER COLUMN "last_seen_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."rejected_records" ADD COLUMN "resolved_at" timestamp with time zone;--> statement-breakpoint
-- Records of webhooks whose table belongs to no stream were filed under the table.
INSERT INTO "sync"."rejected_records" (stream, fingerprint, record_id, reason, payload, first_seen_at, last_seen_at)
  SELECT split_part(stream, '.', 1), fingerprint, record_id, reason, payload, first_seen_at, last_seen_at FROM "sync"."rejected_records"
  WHERE stream IN ('polar.products', 'polar.benefits', 'polar.discounts') ORDER BY first_seen_at ON CONFLICT DO NOTHING;--> statement-breakpoint
DELETE FROM "sync"."rejected_records" WHERE stream IN ('polar.products', 'polar.benefits', 'polar.discounts');--> statement-breakpoint
CREATE INDEX "rejected_records_stream_record_id_index" ON "sync"."rejected_records" USING btree ("stream","record_id");--> statement-breakpoint
COMMENT ON TABLE "sync"."rejected_records" IS 'Records that cannot be a row, each once; kept for 90 days after they were resolved';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."stream" IS 'Stream, such as polar.checkouts; the source, such as polar, for a webhook’s record that is of no stream';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."last_seen_at" IS 'When it came last';--> statement-breakpoint
COMMENT ON COLUMN "sync"."rejected_records"."resolved_at" IS 'When a state of the record that came later was stored, or a complete full walk met it no more; null while it stands';
