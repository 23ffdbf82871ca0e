ALTER TABLE "sync"."runs" ADD COLUMN "error_code" text;--> statement-breakpoint
COMMENT ON COLUMN "sync"."runs"."error_code" IS 'Code of that error, such as CS4201; docs/errors.md explains it';
