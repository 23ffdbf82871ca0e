-- What was counted in the slice at hand is forgotten.
DELETE FROM "sync"."budgets";--> statement-breakpoint
ALTER TABLE "sync"."budgets" ALTER COLUMN "points" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sync"."budgets" ADD COLUMN "began_at" timestamp with time zone NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."budgets" ADD COLUMN "ends_at" timestamp with time zone NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."budgets" ADD COLUMN "paused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync"."budgets" ADD COLUMN "paused_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync"."budgets" DROP COLUMN "expire";--> statement-breakpoint
COMMENT ON COLUMN "sync"."budgets"."began_at" IS 'When the slice began; one that has not begun yet was counted by a clock that was ahead, and is void';--> statement-breakpoint
COMMENT ON COLUMN "sync"."budgets"."ends_at" IS 'When the slice ends';--> statement-breakpoint
COMMENT ON COLUMN "sync"."budgets"."paused_at" IS 'When the source last refused requests for being too many';--> statement-breakpoint
COMMENT ON COLUMN "sync"."budgets"."paused_until" IS 'Until when nobody sends any because of that';
