ALTER TABLE "sync"."leases" ALTER COLUMN "backend_pid" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."leases" ALTER COLUMN "backend_started_at" DROP NOT NULL;--> statement-breakpoint
COMMENT ON COLUMN "sync"."leases"."backend_pid" IS 'Database session of the holder: when it is gone, so is the holder; null behind a pooler in transaction mode';
